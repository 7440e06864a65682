/** Returns the name by which a worker identifies itself to the server: its process and its artifact store. */
export const workerIdentity = (process: string, storeId: string): string => `${process} store=${storeId}`;

/** Returns the store of a worker, according to its identity; undefined if it does not name one. */
export const storeOfWorker = (identity: string): string | undefined => / store=(\S+)$/.exec(identity)?.[1];

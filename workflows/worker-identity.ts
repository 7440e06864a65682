/** How a worker calls itself at the server: its process, and the artifact store that it uses. */
export const workerIdentity = (process: string, storeId: string): string => `${process} store=${storeId}`;

/** The store of a worker, by how it calls itself; undefined for one that does not say. */
export const storeOfWorker = (identity: string): string | undefined => / store=(\S+)$/.exec(identity)?.[1];

/** Number of small artifacts requested at a time: enough to hide the latency of a store across a network. */
export const requestsAtOnce = 16;

/**
 * The storage of results: named byte strings, written completely or not at all. Names are `/`-separated paths of letters, digits and the
 * characters ._:-, e.g. `runs/3f2a.../record.json`. By default it is a directory; the methods are limited to what object storage can
 * guarantee.
 */
export interface ArtifactStore {
  /** A human-readable address, e.g. the directory. */
  readonly location: string;
  put(name: string, content: Uint8Array | string): Promise<void>;
  /** Puts content under a name unless it is taken: then it changes nothing and returns false. Of several concurrent calls, one wins. */
  create(name: string, content: Uint8Array | string): Promise<boolean>;
  /** Uploads a local file under a name. */
  putFile(name: string, path: string): Promise<void>;
  /** The content, or undefined if there is no artifact of that name. */
  get(name: string): Promise<Buffer | undefined>;
  has(name: string): Promise<boolean>;
  /** The names that begin with a prefix, sorted. Anything whose name is not an artifact's is left out, here and in `children`. */
  list(prefix: string): Promise<string[]>;
  /** The next path parts of the names that begin with a prefix ending in `/`, sorted: the subfolders of a folder. */
  children(prefix: string): Promise<string[]>;
  /** A local path from which the artifact can be read: its own file in a directory store, otherwise a cached copy. */
  localFile(name: string): Promise<string>;
  /** Runs work on an artifact as a local file: its own in a directory store, otherwise a copy that is deleted afterwards. */
  withFile<Result>(name: string, work: (path: string) => Promise<Result>): Promise<Result>;
  delete(name: string): Promise<void>;
  /**
   * Removes what processes that were killed while they wrote have left under a prefix ending in `/`: parts of artifacts, which no other method
   * shows, and which only take up space.
   * @param age milliseconds after which a write that has not ended counts as abandoned
   */
  removeAbandoned(prefix: string, age: number): Promise<void>;
}

/** The artifact that every store has once a worker has used it (store-identity.ts). */
export const identityArtifact = 'store.json';

/** Whether a name is a path of letters, digits and the characters ._:-; other programs may have put something else beside artifacts. */
export const isArtifactName = (name: string): boolean =>
  /^[\w.:-]+(\/[\w.:-]+)*$/.test(name) && !name.split('/').some((part) => /^\.+$/.test(part));

/** @throws RangeError if a name is not an artifact's */
export function checkArtifactName(name: string): void {
  if (!isArtifactName(name))
    throw new RangeError(`an artifact's name must be a path of letters, digits and the characters ._:-, got ${name}`);
}

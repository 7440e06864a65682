/** Small artifacts that are asked for at a time: enough to hide the time that a store across a network takes to answer. */
export const requestsAtOnce = 16;

/**
 * The storage of results: named byte strings, written completely or not at all. Names are `/`-separated paths of lower-case letters,
 * digits, dots and dashes, e.g. `runs/3f2a.../record.json`. By default it is a directory; the methods are limited to what object
 * storage can guarantee.
 */
export interface ArtifactStore {
  /** A human-readable address, e.g. the directory. */
  readonly location: string;
  put(name: string, content: Uint8Array | string): Promise<void>;
  /** Puts content under a name that is not taken; if it is, changes nothing and returns false. Of several concurrent calls one wins. */
  create(name: string, content: Uint8Array | string): Promise<boolean>;
  /** Uploads a local file under a name. */
  putFile(name: string, path: string): Promise<void>;
  /** The content, or undefined if there is no artifact of that name. */
  get(name: string): Promise<Buffer | undefined>;
  has(name: string): Promise<boolean>;
  /** The names that begin with a prefix, sorted. What has no name of an artifact is left out, here and of `children`. */
  list(prefix: string): Promise<string[]>;
  /** The next path parts of the names that begin with a prefix ending in `/`, sorted: the subfolders of a folder. */
  children(prefix: string): Promise<string[]>;
  /** A local path from which the artifact can be read: its own file in a directory store, otherwise a cached copy. */
  localFile(name: string): Promise<string>;
  /** Works with an artifact as a local file: its own in a directory store, otherwise a copy that is deleted afterwards. */
  withFile<Result>(name: string, work: (path: string) => Promise<Result>): Promise<Result>;
  delete(name: string): Promise<void>;
}

/** The artifact that every store has as soon as a worker has used it (store-identity.ts). */
export const identityArtifact = 'store.json';

/** Whether a name is a path of letters, digits and the characters ._:-; others may have put something else beside artifacts. */
export const isArtifactName = (name: string): boolean =>
  /^[\w.:-]+(\/[\w.:-]+)*$/.test(name) && !name.split('/').some((part) => /^\.+$/.test(part));

/** @throws RangeError if a name is none of an artifact */
export function checkArtifactName(name: string): void {
  if (!isArtifactName(name))
    throw new RangeError(`an artifact's name must be a path of letters, digits and the characters ._:-, got ${name}`);
}

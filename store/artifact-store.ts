/**
 * Where results live: named byte strings, written whole or not at all. Names are `/`-separated paths of lower-case letters,
 * digits, dots and dashes, e.g. `runs/3f2a.../record.json`. A directory by default; the methods are those that object storage
 * can keep.
 */
export interface ArtifactStore {
  /** A human-readable address, e.g. the directory. */
  readonly location: string;
  put(name: string, content: Uint8Array | string): Promise<void>;
  /** Puts content under a name that is not taken; returns false, and changes nothing, where it is. Of several at once one wins. */
  create(name: string, content: Uint8Array | string): Promise<boolean>;
  /** Uploads a local file under a name. */
  putFile(name: string, path: string): Promise<void>;
  /** The content, or undefined where there is none of that name. */
  get(name: string): Promise<Buffer | undefined>;
  has(name: string): Promise<boolean>;
  /** The names that begin with a prefix, sorted. */
  list(prefix: string): Promise<string[]>;
  /** The next parts of the names that begin with a prefix that ends in `/`, sorted: the subfolders of a folder. */
  children(prefix: string): Promise<string[]>;
  /** A local path that holds the artifact's content for reading: its own file in a directory store, a cached copy otherwise. */
  localFile(name: string): Promise<string>;
  delete(name: string): Promise<void>;
}

/** @throws RangeError if a name is not a path of letters, digits and the characters ._:- */
export function checkArtifactName(name: string): void {
  if (!/^[\w.:-]+(\/[\w.:-]+)*$/.test(name) || name.split('/').some((part) => /^\.+$/.test(part)))
    throw new RangeError(`an artifact's name must be a path of letters, digits and the characters ._:-, got ${name}`);
}

/** `tensorflow` is libtensorflow with the tfjs binding and the own operations, `temporal` the Temporal command line. */
export type NativePart = 'tensorflow' | 'temporal';

/** What a part is doing while it is made ready. */
export type PartActivity =
  | { state: 'waiting' }
  | { state: 'downloading'; bytes: number; of: number }
  | { state: 'unpacking' | 'compiling' }
  | { state: 'done'; seconds: number }
  /** It could not be installed, and is not needed. */
  | { state: 'omitted'; reason: string };

export interface PartProgress {
  /** The part for people, e.g. `libtensorflow 2.21.0 (cpu)`. */
  part: string;
  activity: PartActivity;
}

/** What an installation may use. */
export interface Installation {
  /** Empty folder to fill, in the cache beside the finished parts, on the same file system. */
  directory: string;
  onActivity: (activity: PartActivity) => void;
  signal?: AbortSignal | undefined;
}

/** A native part that the per-user cache holds in a folder of its own. */
export interface Part {
  /** For people. */
  title: string;
  /** Name of its folder; says all that its content depends on. */
  folder: string;
  /** Bytes of disk that an installation needs at its peak. */
  diskBytes: number;
  /** Fills the folder; throws a `SetupError` if it cannot. */
  install(installation: Installation): Promise<void>;
}

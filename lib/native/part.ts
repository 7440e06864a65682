/** `tensorflow` is libtensorflow with the tfjs binding and this project's operations; `temporal` is the Temporal command line. */
export type NativePart = 'tensorflow' | 'temporal';

/** The current step of a part's installation. */
export type PartActivity =
  | { state: 'waiting' }
  | { state: 'downloading'; bytes: number; of: number }
  | { state: 'unpacking' | 'compiling' }
  | { state: 'done'; seconds: number }
  /** It could not be installed, but is not essential. */
  | { state: 'omitted'; reason: string };

export interface PartProgress {
  /** Title of the part, e.g. `libtensorflow 2.21.0 (cpu)`. */
  part: string;
  activity: PartActivity;
}

/** Everything that an installation may use. */
export interface Installation {
  /** Empty folder to fill, in the cache beside the finished parts, on the same file system. */
  directory: string;
  onActivity: (activity: PartActivity) => void;
  signal?: AbortSignal | undefined;
}

/** A native part, which has its own folder in the per-user cache. */
export interface Part {
  /** Name for display. */
  title: string;
  /** Name of its folder, which identifies everything its content depends on. */
  folder: string;
  /** Peak disk space of an installation in bytes. */
  diskBytes: number;
  /** Fills the folder; throws a `SetupError` if it cannot. */
  install(installation: Installation): Promise<void>;
}

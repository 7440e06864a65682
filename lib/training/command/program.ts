/** A program that trains networks. */
export interface TrainerProgram {
  /** Name in messages. */
  name: string;
  /** Version of everything that determines the outcome of a training. */
  engine: string;
  /** Program and arguments. */
  command: readonly string[];
  /** Folder that it runs in. */
  folder: string;
  /** Names of this process's environment variables that are passed on. */
  environment: readonly string[];
  /** Seconds between SIGTERM and SIGKILL. */
  stopSeconds: number;
  /** Minutes without progress after which it counts as hung. */
  silenceMinutes: number;
  /** Lists those of its files that have changed; if there are any, its result does not count. */
  changedFiles?: () => Promise<string[]>;
}

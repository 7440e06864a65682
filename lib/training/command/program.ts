/** A program that trains networks. */
export interface TrainerProgram {
  /** Names it in messages. */
  name: string;
  /** Version of everything that determines the outcome of a training. */
  engine: string;
  /** Program and arguments. */
  command: readonly string[];
  /** Folder that it runs in. */
  folder: string;
  /** Variables of this process' environment that it gets. */
  environment: readonly string[];
  /** Between SIGTERM and SIGKILL. */
  stopSeconds: number;
  /** After which it counts as hung if it has shown no progress. */
  silenceMinutes: number;
  /** Which of its files are no longer what they were: then its result does not count. */
  changedFiles?: () => Promise<string[]>;
}

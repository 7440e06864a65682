import type { Finding } from '../topics/index.ts';

/** The state of a study that a live page shows, as plain JSON. */
export interface LiveState {
  title: string;
  isRehearsal: boolean;
  /** Time of this progress, in milliseconds since 1970. */
  at: number;
  /** E.g. `running`, `held`, `finished`. */
  state: string;
  stage: string | null;
  /** Reason why it failed, is on hold, or cannot be read. */
  failure: string | null;
  secondsLeft: number | null;
  datasets: LiveDataset[];
  /** Runs that failed or diverged, the latest last. */
  failures: { dataset: string; run: string; category: string; message: string }[];
  /** Undefined while too few runs have ended. */
  results: LiveResults | undefined;
}

export interface LiveDataset {
  dataset: string;
  total: number;
  finished: number;
  reused: number;
  diverged: number;
  failed: number;
  running: { name: string; attempt: number; progress: string; lastFailure: string | null }[];
  hold: string | null;
}

/** Results from the runs that have ended so far. */
export interface LiveResults {
  /** Time when they were collected, in milliseconds since 1970. */
  at: number;
  runs: number;
  findings: Finding[];
  /** Charts as SVG with a text alternative: correlations so far, training curves. */
  charts: { alternative: string; svg: string }[];
}

import type { Finding } from '../topics/index.ts';

/** What a live page shows of a study at a moment: plain JSON. */
export interface LiveState {
  title: string;
  isRehearsal: boolean;
  /** When the progress was looked at, in milliseconds since 1970. */
  at: number;
  /** E.g. `running`, `held`, `finished`. */
  state: string;
  stage: string | null;
  /** Why it failed, holds, or cannot be read. */
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

/** What can be said by the runs that have ended so far. */
export interface LiveResults {
  /** When they were collected, in milliseconds since 1970. */
  at: number;
  runs: number;
  findings: Finding[];
  /** Charts as SVG with a text alternative: correlations so far, training curves. */
  charts: { alternative: string; svg: string }[];
}

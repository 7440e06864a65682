import type { Interval } from './intervals.ts';

/** How far Pearson's r between reference and target would scatter with fewer architectures. */
export interface PopulationSizeEffect {
  target: string;
  /** From few to as many as there are. */
  sizes: {
    architectures: number;
    /** Mean and 2.5 % to 97.5 % of r over samples of that many architectures. */
    mean: number | null;
    range95: Interval | null;
  }[];
}

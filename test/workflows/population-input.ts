import type { PopulationSteering } from '../../workflows/messages.ts';
import type { PopulationInput } from '../../workflows/population.ts';

/** Returns the input of a population with this many runs. */
export const steering = (runs: number, changes: Partial<PopulationSteering> = {}): PopulationSteering => ({
  ...{ isPaused: false, window: 2, releases: 0, plan: { revision: 1, runs } },
  ...changes,
});

/** The input of a population on MNIST. */
export const populationInput = (changes: Partial<PopulationInput> & { studyId: string }): PopulationInput => ({
  dataset: 'mnist',
  isReference: false,
  steering: steering(1),
  run: { maximumAttempts: 3, tensorBoard: false, retain: 'everything' },
  searchable: false,
  ...changes,
});

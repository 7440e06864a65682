import type { PopulationInput } from '../../workflows/population.ts';

/** What a population on MNIST is told. */
export const populationInput = (changes: Partial<PopulationInput> & { studyId: string }): PopulationInput => ({
  dataset: 'mnist',
  isReference: false,
  total: 1,
  steering: { isPaused: false, window: 2 },
  run: { maximumAttempts: 3, tensorBoard: false, retain: 'everything' },
  searchable: false,
  ...changes,
});

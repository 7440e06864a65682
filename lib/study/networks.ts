import { samplePopulation, type SampleOptions } from '../design-space/sampler.ts';
import { networkOfList, type StudyNetwork } from '../design-space/study-network.ts';
import type { StudyConfig } from './config.ts';

/** Returns the networks that a config determines: drawn by its seed, or those of its list; undefined if they are in a file. */
export async function networksOf(
  { population, seeds }: Pick<StudyConfig, 'population' | 'seeds'>,
  options: Pick<SampleOptions, 'onProgress'> = {},
): Promise<StudyNetwork[] | undefined> {
  switch (population.source) {
    case 'sample': {
      const { space, count } = population;
      return (await samplePopulation(space, { count, seed: seeds.population, ...options })).architectures;
    }
    case 'list':
      return population.networks.map(networkOfList);
    case 'file':
      return undefined;
  }
}

/** Returns the names of the numbers that a study's list gives for its networks, in order of first appearance; none for AnyNets. */
export function listedNumbers({ population }: Pick<StudyConfig, 'population'>): string[] {
  const networks = population.source === 'list' ? population.networks.map(networkOfList) : [];
  return [...new Set(networks.flatMap(({ numbers = {} }) => Object.keys(numbers)))];
}

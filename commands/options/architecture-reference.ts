import { parsePopulation } from '../../lib/design-space/population-file.ts';
import type { PopulationEntry } from '../../lib/design-space/population.ts';
import { ConfigError } from '../../lib/core/errors.ts';
import { readInputFile } from '../../lib/core/files/read-input.ts';

/** Finds the architecture that a command-line argument names; if there is none, throws a `ConfigError` listing existing ones. */
export async function findArchitecture(reference: string, argument = 'ARCH'): Promise<PopulationEntry> {
  if (/^\s*[{[]/.test(reference)) return only(parsePopulation(reference, argument), reference, argument);
  const [, path = reference, selector] = /^(.*)#([^#]*)$/.exec(reference) ?? [];
  const population = parsePopulation(await readInputFile(argument, path), path);
  if (selector === undefined) return only(population, path, argument);
  const found =
    population.find(({ name }) => name === selector) ??
    (/^\d+$/.test(selector) ? population[Number(selector)] : undefined);
  if (found === undefined)
    throw new ConfigError(`${argument} is invalid`, [
      `#${selector} must be a name in ${path} (${population
        .slice(0, 5)
        .map(({ name }) => name)
        .join(', ')}, ...) or a position below ${population.length}`,
    ]);
  return found;
}

function only(population: PopulationEntry[], source: string, argument: string): PopulationEntry {
  const [first, ...others] = population;
  if (first === undefined || others.length > 0)
    throw new ConfigError(`${argument} is invalid`, [
      `it must say which of the ${population.length} architectures of ${source}: #${first?.name ?? 0}, or #0`,
    ]);
  return first;
}

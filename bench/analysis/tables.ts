import { stream } from '../../lib/core/random.ts';
import { structureParameters } from '../../lib/design-space/structure-parameters.ts';
import type { ResultRow } from '../../lib/results/results-table.ts';

/**
 * Makes a complete results table like a study's: errors that correlate with those on the reference dataset to varying degrees, and the
 * structure parameters and complexities of each architecture.
 */
export function resultsOf(architectures: number, datasets: number): ResultRow[] {
  const random = stream(0, 'bench', architectures, datasets);
  return Array.from({ length: architectures }, (_, index) => {
    const quality = random.normal();
    const structure = Object.fromEntries(structureParameters.map(({ key }) => [key, 1 + random.integer(16)]));
    const size = { flops: 3.4e8 + 6e7 * random.uniform(), params: Math.exp(14 + 2 * random.uniform()), acts: 1e6 };
    size.acts += 1e6 * random.uniform();
    return Array.from({ length: datasets }, (_, dataset): ResultRow => {
      const logit = quality * (1 - dataset / datasets) + 0.5 * random.normal();
      return {
        architecture: `arch-${index}`,
        dataset: dataset === 0 ? 'reference' : `target-${dataset}`,
        seed: 0,
        top1Error: 1 / (1 + Math.exp(-logit)),
        ...structure,
        ...size,
      };
    });
  }).flat();
}

import { ConfigError } from '../core/errors.ts';
import { stream } from '../core/streams.ts';
import type { DesignSpace } from './space-config.ts';
import { describeAcceptance, noDraws, outsideWindow, type Acceptance } from './acceptance.ts';
import { architectureIdentity } from './architecture.ts';
import { architectureComplexity } from './complexity.ts';
import { drawFrom } from './draw.ts';
import { architectureName, type NamedArchitecture } from './population.ts';

export interface SampleOptions {
  /** Number of architectures. */
  count: number;
  seed: number;
  /** Draws in a row without a new architecture after which the space counts as exhausted, or its window as empty. */
  drawLimit?: number;
  /** Called and awaited every 10,000 draws; an error thrown here ends the sampling. */
  onProgress?: (acceptance: Acceptance) => void | Promise<void>;
}

/**
 * Draws a population: distinct architectures of a space within its windows, in the order in which they are drawn, so that
 * a larger population begins with the smaller one. Equal seeds give equal populations on every machine.
 *
 * @throws ConfigError if `drawLimit` (a million) draws in a row give no new architecture; it lists the draws by reason for
 *   rejection, and the complexities that came nearest to the windows
 */
export async function samplePopulation(
  space: DesignSpace,
  { count, seed, drawLimit = 1_000_000, onProgress }: SampleOptions,
): Promise<{ architectures: NamedArchitecture[]; acceptance: Acceptance }> {
  const rng = stream(seed, 'population');
  const draw = drawFrom(space);
  const acceptance = noDraws(space);
  const architectures: NamedArchitecture[] = [];
  const seen = new Set<string>();
  let fruitless = 0;
  while (architectures.length < count) {
    if (fruitless === drawLimit)
      throw new ConfigError(
        `The design space yielded ${architectures.length} of ${count} architectures, and no further one in ${drawLimit.toLocaleString('en-US')} draws`,
        describeAcceptance(space, acceptance),
      );
    fruitless++;
    acceptance.draws++;
    if (acceptance.draws % 10_000 === 0) await onProgress?.(acceptance);
    const drawn = draw(rng);
    if (typeof drawn === 'string') {
      acceptance.rejected[drawn]++;
      continue;
    }
    const complexity = architectureComplexity(drawn, space.complexity);
    const outside = outsideWindow(space, complexity, acceptance);
    if (outside !== undefined) {
      acceptance.rejected[outside]++;
      continue;
    }
    const identity = architectureIdentity(drawn);
    if (seen.has(identity)) {
      acceptance.rejected.duplicate++;
      continue;
    }
    seen.add(identity);
    architectures.push({ name: architectureName(architectures.length), architecture: drawn, complexity });
    acceptance.accepted++;
    fruitless = 0;
  }
  return { architectures, acceptance };
}

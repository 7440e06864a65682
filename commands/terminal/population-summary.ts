import { describeAcceptance, type Acceptance } from '../../lib/design-space/acceptance.ts';
import { stageMarginals, type Bin, type Marginal } from '../../lib/design-space/marginals.ts';
import type { DesignSpace } from '../../lib/design-space/space-config.ts';
import { inSentence } from '../../lib/report/words/numbers.ts';
import { compact, textTable } from './table.ts';

const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Describes a sample as text: acceptance by reason, marginals of the stages and of the network, complexity histograms. */
export function describePopulation(space: DesignSpace, acceptance: Acceptance, marginals: readonly Marginal[]): string {
  const isComplexity = ({ key }: Marginal) => ['flops', 'params', 'acts'].includes(key);
  const ofNetwork = marginals.filter((marginal) => marginal.ofStage === undefined && !isComplexity(marginal));
  return [
    describeAcceptance(space, acceptance).join('\n'),
    ...stageMarginals(marginals).map((stages) => table('stage', stages, 'by octave')),
    table('network', ofNetwork, 'low to high'),
    ...marginals.filter(isComplexity).map(histogram),
  ].join('\n\n');
}

function table(what: string, marginals: readonly Marginal[], bars: string): string {
  return textTable(
    [what, 'min', 'median', 'max', bars],
    marginals.map(({ title, minimum, median, maximum, bins }) => [
      title,
      ...[minimum, median, maximum].map(compact),
      sparkline(bins),
    ]),
    { left: [what, bars] },
  );
}

function sparkline(bins: readonly Bin[]): string {
  const most = Math.max(...bins.map(({ count }) => count));
  return bins.map(({ count }) => eighths[Math.ceil((8 * count) / most)]).join('');
}

/** Draws one line per bin, with a bar and the count. */
function histogram({ title, unit, bins }: Marginal): string {
  const most = Math.max(...bins.map(({ count }) => count));
  const lines = bins.map(
    ({ low, high, count }) =>
      `${compact(low).padStart(7)} - ${compact(high).padEnd(7)} ${'█'.repeat(Math.round((40 * count) / most))} ${count}`,
  );
  return [unit === inSentence(title) ? title : `${title} (${unit})`, ...lines].join('\n');
}

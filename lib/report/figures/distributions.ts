import { ecdfChart } from '../charts/ecdf.ts';
import { percent } from '../words/numbers.ts';
import type { PageData } from '../page-data.ts';
import { isPart } from '../parts.ts';
import { idPart, type Figure } from './figure.ts';

/** Lowest, median and highest of the errors on a dataset; undefined where there is none. */
export function errorRange(
  errors: readonly (number | null)[],
): { low: number; median: number; high: number } | undefined {
  const sorted = errors.filter((error) => error !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { low: sorted[0]!, median, high: sorted.at(-1)! };
}

/** The empirical distribution of the errors on each dataset. */
export function distributionFigures({ datasets, errors, best, worst, architectures }: PageData): Figure[] {
  return datasets.map((facts, index): Figure => {
    const { dataset } = facts;
    const range = errorRange(errors[index]!);
    const inWords =
      range === undefined
        ? 'no errors'
        : `${percent(range.low, 1)} to ${percent(range.high, 1)}, median ${percent(range.median, 1)}`;
    return {
      id: `distribution-${idPart(dataset, index)}`,
      alternative: `Empirical distribution of the errors on ${dataset}: ${inWords}`,
      isInteractive: true,
      isOfParts: isPart(facts),
      draw: (theme, { scale }) =>
        ecdfChart({ heading: dataset, below: inWords, errors: errors[index]!, scale, best, worst }, theme),
      table: () => ({
        header: ['architecture', `error on ${dataset}`],
        rows: architectures.map((name, row) => [name, errors[index]![row] ?? null]),
      }),
    };
  });
}

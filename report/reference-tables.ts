import type { Analysis } from '../analysis/index.ts';
import { htmlTable } from './page.ts';
import { signed } from './study-charts.ts';

/** The best and the worst architectures on the reference, with their errors on every dataset. */
export function extremesTable({ matrix, reference }: Analysis, extremes: number): string {
  const errorsOn = (dataset: string) => matrix.errors.get(dataset) ?? [];
  const ranked = errorsOn(reference)
    .flatMap((error, index) => (error === null ? [] : [{ error, index }]))
    .sort((a, b) => a.error - b.error)
    .map(({ index }, place) => [
      `${place + 1}.`,
      matrix.architectures[index]!,
      ...matrix.datasets.map((dataset) => percent(errorsOn(dataset)[index] ?? null)),
    ]);
  const marked = Math.min(extremes, Math.floor(ranked.length / 2));
  return htmlTable(
    ['rank', 'architecture', ...matrix.datasets],
    [...ranked.slice(0, marked), ...ranked.slice(-marked)],
  );
}

/**
 * For each target, Pearson's r with the reference beside r with its subsets of fewer classes: datasets that are called as the
 * reference and then `/5-classes` or `-5`. Empty where there are no subsets, or no targets beside them.
 */
export function subsetTable({ correlations, matrix, reference }: Analysis): string {
  const rest = matrix.datasets.filter((dataset) => dataset !== reference);
  const subsets = rest.filter(
    (dataset) => /^(\/|-\d+$)/.test(dataset.slice(reference.length)) && dataset.startsWith(reference),
  );
  const targets = rest.filter((dataset) => !subsets.includes(dataset));
  if (subsets.length === 0 || targets.length === 0) return '';
  const r = (a: string, b: string) =>
    signed(correlations.find((pair) => [a, b].includes(pair.a) && [a, b].includes(pair.b))?.pearson ?? null);
  return htmlTable(
    ['target', reference, ...subsets],
    targets.map((target) => [target, r(reference, target), ...subsets.map((subset) => r(subset, target))]),
  );
}

const percent = (error: number | null) => (error === null ? '–' : `${(100 * error).toFixed(2)} %`);

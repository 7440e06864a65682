import { groupBy } from '../../analysis/group-by.ts';
import type { SubsetComparison } from '../../analysis/index.ts';
import { intervalChart, type IntervalRow } from '../charts/intervals.ts';
import { counted, withInterval } from '../words/numbers.ts';
import type { PageData } from '../page-data.ts';
import { referencePairs } from './transfer.ts';
import type { Figure } from './figure.ts';

/** Comparisons of the reference's subsets by target, in the order of the targets. */
export const subsetsByTarget = ({ subsets }: PageData): Map<string, SubsetComparison[]> =>
  groupBy(subsets, ({ target }) => target);

/** For each target: r with the reference, with its subsets (every draw) and with controls of as many images; none without subsets. */
export function subsetFigures(data: PageData): Figure[] {
  const byTarget = subsetsByTarget(data);
  if (byTarget.size === 0) return [];
  const rows = [...byTarget].flatMap(([target, comparisons]): IntervalRow[] => {
    const pair = referencePairs(data).find(({ b }) => b === target);
    return [
      { label: target },
      { label: 'all classes', marks: [{ value: pair?.spearman ?? null, interval: pair?.spearmanCi95 }] },
      ...comparisons.map(({ classes, draws, meanSpearman, meanSpearmanCi95, control }) => ({
        label: `${classes} classes, ${counted(draws.length, 'draw')}`,
        marks: [
          ...(control === null
            ? []
            : [{ value: control.spearman, interval: control.spearmanCi95, kind: 'ring' as const }]),
          { value: meanSpearman, interval: meanSpearmanCi95 },
          ...(draws.length < 2 ? [] : draws.map(({ spearman }) => ({ value: spearman, kind: 'small' as const }))),
        ],
      })),
    ];
  });
  return [
    {
      id: 'subsets',
      alternative: `Spearman's ρ of each target with the reference and its subsets: ${data.subsets.map((of) => `${of.target} with ${of.classes} classes ${withInterval(of.meanSpearman, of.meanSpearmanCi95)}`).join('; ')}`,
      draw: (theme) =>
        intervalChart({ rows, title: "Spearman's ρ with the target, 95 % interval", domain: [-1, 1] }, theme),
      table: () => ({
        header: [
          ...['target', 'classes', 'dataset', 'role', 'spearman', 'low', 'high', 'differenceToReference'],
          ...['differenceLow', 'differenceHigh'],
        ],
        rows: data.subsets.flatMap((of) => [
          ...of.draws.map((draw) => [
            ...[of.target, of.classes, draw.dataset, 'draw', draw.spearman, null],
            ...[null, null, null, null],
          ]),
          [
            ...[of.target, of.classes, null, 'mean of draws', of.meanSpearman, of.meanSpearmanCi95?.[0] ?? null],
            ...[
              of.meanSpearmanCi95?.[1] ?? null,
              of.difference,
              of.differenceCi95?.[0] ?? null,
              of.differenceCi95?.[1] ?? null,
            ],
          ],
          ...(of.control === null
            ? []
            : [
                [
                  ...[of.target, of.classes, of.control.datasets.join(' '), 'control', of.control.spearman],
                  ...[of.control.spearmanCi95?.[0] ?? null, of.control.spearmanCi95?.[1] ?? null, null, null, null],
                ],
              ]),
        ]),
      }),
    },
  ];
}

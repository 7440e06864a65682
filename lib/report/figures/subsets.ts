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
      { label: 'all classes', marks: [{ value: pair?.pearson ?? null, interval: pair?.pearsonCi95 }] },
      ...comparisons.map(({ classes, draws, meanPearson, meanPearsonCi95, control }) => ({
        label: `${classes} classes, ${counted(draws.length, 'draw')}`,
        marks: [
          ...(control === null
            ? []
            : [{ value: control.pearson, interval: control.pearsonCi95, kind: 'ring' as const }]),
          { value: meanPearson, interval: meanPearsonCi95 },
          ...(draws.length < 2 ? [] : draws.map(({ pearson }) => ({ value: pearson, kind: 'small' as const }))),
        ],
      })),
    ];
  });
  return [
    {
      id: 'subsets',
      alternative: `Pearson's r of each target with the reference and its subsets: ${data.subsets.map((of) => `${of.target} with ${of.classes} classes ${withInterval(of.meanPearson, of.meanPearsonCi95)}`).join('; ')}`,
      draw: (theme) =>
        intervalChart({ rows, title: "Pearson's r with the target, 95 % interval", domain: [-1, 1] }, theme),
      table: () => ({
        header: [
          ...['target', 'classes', 'dataset', 'role', 'pearson', 'low', 'high', 'differenceToReference'],
          ...['differenceLow', 'differenceHigh'],
        ],
        rows: data.subsets.flatMap((of) => [
          ...of.draws.map((draw) => [
            ...[of.target, of.classes, draw.dataset, 'draw', draw.pearson, draw.pearsonCi95?.[0] ?? null],
            ...[draw.pearsonCi95?.[1] ?? null, null, null, null],
          ]),
          [
            ...[of.target, of.classes, null, 'mean of draws', of.meanPearson, of.meanPearsonCi95?.[0] ?? null],
            ...[
              of.meanPearsonCi95?.[1] ?? null,
              of.difference,
              of.differenceCi95?.[0] ?? null,
              of.differenceCi95?.[1] ?? null,
            ],
          ],
          ...(of.control === null
            ? []
            : [
                [
                  ...[of.target, of.classes, of.control.datasets.join(' '), 'control', of.control.pearson],
                  ...[of.control.pearsonCi95?.[0] ?? null, of.control.pearsonCi95?.[1] ?? null, null, null, null],
                ],
              ]),
        ]),
      }),
    },
  ];
}

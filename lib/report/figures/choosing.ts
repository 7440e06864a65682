import { intervalChart, type IntervalRow } from '../charts/intervals.ts';
import { points } from '../words/numbers.ts';
import type { PageData } from '../page-data.ts';
import { scopesOf, type Scope } from '../parts.ts';
import type { Figure } from './figure.ts';

/** As many digits as it needs. */
const pointsText = (value: number) => String(Number((100 * value).toPrecision(6)));

/** What is lost on each target by choosing the k best on the reference. */
export const regretFigures = (data: PageData): Figure[] => scopesOf(data).flatMap((scope) => regretFigure(data, scope));

function regretFigure({ targets: all, reference }: PageData, { isOfParts, has }: Scope): Figure[] {
  const targets = all.filter(({ target }) => has(target));
  if (targets.length === 0) return [];
  const rows = targets.flatMap(({ target, regret }): IntervalRow[] => [
    { label: target },
    ...regret.map(({ k, regret: value, regretCi95 }) => ({
      label: k === 1 ? 'the best one' : `the best ${k}`,
      marks: [{ value, interval: regretCi95 }],
    })),
  ]);
  return [
    {
      id: isOfParts ? 'regret-of-parts' : 'regret',
      isOfParts,
      alternative: `Percentage points of error lost on each target by choosing on ${reference}: ${targets.map(({ target, regret }) => `${target} ${regret.map(({ k, regret: value }) => `${points(value)} with ${k}`).join(', ')}`).join('; ')}`,
      draw: (theme) =>
        intervalChart(
          { rows, title: 'error lost on the target (percentage points), 95 % interval', text: pointsText },
          theme,
        ),
      table: () => ({
        header: ['target', 'k', 'regret', 'regretLow', 'regretHigh', 'precision', 'precisionLow', 'precisionHigh'],
        rows: targets.flatMap(({ target, regret }) =>
          regret.map((of) => [
            ...[target, of.k, of.regret, of.regretCi95?.[0] ?? null, of.regretCi95?.[1] ?? null],
            ...[of.precision, of.precisionCi95?.[0] ?? null, of.precisionCi95?.[1] ?? null],
          ]),
        ),
      }),
    },
  ];
}

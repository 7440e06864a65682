import { intervalChart, type IntervalRow } from '../charts/intervals.ts';
import { percent, percentText } from '../format.ts';
import type { PageData } from '../page-data.ts';
import type { Figure } from './figure.ts';

/** What is lost on each target by choosing the k best on the reference. */
export function regretFigure({ targets, reference }: PageData): Figure {
  const rows = targets.flatMap(({ target, regret }): IntervalRow[] => [
    { label: target },
    ...regret.map(({ k, regret: value, regretCi95 }) => ({
      label: k === 1 ? 'the best one' : `the best ${k}`,
      marks: [{ value, interval: regretCi95 }],
    })),
  ]);
  return {
    id: 'regret',
    alternative: `Error lost on each target by choosing on ${reference}: ${targets.map(({ target, regret }) => `${target} ${regret.map(({ k, regret: value }) => `${percent(value)} with ${k}`).join(', ')}`).join('; ')}`,
    draw: (theme) =>
      intervalChart({ rows, title: 'error lost on the target, 95 % interval', text: percentText }, theme),
    table: () => ({
      header: ['target', 'k', 'regret', 'regretLow', 'regretHigh', 'precision', 'precisionLow', 'precisionHigh'],
      rows: targets.flatMap(({ target, regret }) =>
        regret.map((of) => [
          ...[target, of.k, of.regret, of.regretCi95?.[0] ?? null, of.regretCi95?.[1] ?? null],
          ...[of.precision, of.precisionCi95?.[0] ?? null, of.precisionCi95?.[1] ?? null],
        ]),
      ),
    }),
  };
}

import type { PairCorrelation, TargetAnalysis } from '../../analysis/index.ts';
import { intervalChart } from '../charts/intervals.ts';
import type { ErrorScale } from '../charts/scales.ts';
import { scatterChart } from '../charts/scatter.ts';
import { signed, withInterval } from '../words/numbers.ts';
import type { PageData } from '../page-data.ts';
import { isPart } from '../parts.ts';
import { idPart, type Figure } from './figure.ts';

const roles = [
  { role: 'target', title: 'other datasets' },
  { role: 'subset', title: 'fewer classes of it' },
  { role: 'control', title: 'fewer images of it' },
] as const;

const roleOf = ({ datasets }: PageData, name: string) => datasets.find(({ dataset }) => dataset === name)?.role;

/** Correlations of the reference with every other dataset: those that are no part of it first. */
export const referencePairs = (data: PageData): PairCorrelation[] =>
  roles.flatMap(({ role }) => data.correlations.filter(({ a, b }) => a === data.reference && roleOf(data, b) === role));

/** Pearson's r with the reference, the noise ceiling of each pair, and r corrected for it; none without another dataset. */
export function forestFigures(data: PageData): Figure[] {
  const pairs = referencePairs(data);
  const corrected = (target: string) => data.attenuation.find(({ a, b }) => a === data.reference && b === target);
  const groups = roles
    .map(({ role, title }) => ({ title, members: pairs.filter(({ b }) => roleOf(data, b) === role) }))
    .filter(({ members }) => members.length > 0);
  if (pairs.length === 0) return [];
  const figure: Figure = {
    id: 'carry-over',
    alternative: `Pearson's r with ${data.reference}: ${pairs.map(({ b, pearson, pearsonCi95 }) => `${b} ${withInterval(pearson, pearsonCi95)}`).join('; ')}`,
    draw: (theme) =>
      intervalChart(
        {
          rows: groups.flatMap(({ title, members }) => [
            ...(groups.length > 1 ? [{ label: title }] : []),
            ...members.map(({ b, pearson, pearsonCi95 }) => ({
              label: b,
              marks: [
                { value: corrected(b)?.noiseCeiling ?? null, kind: 'tick' as const },
                { value: pearson, interval: pearsonCi95 },
              ],
            })),
          ]),
          title: `Pearson's r with ${data.reference}, 95 % interval`,
          domain: [-1, 1],
        },
        theme,
      ),
    table: () => ({
      header: ['target', 'n', 'pearson', 'pearsonLow', 'pearsonHigh', 'noiseCeiling', 'pearsonCorrected'],
      rows: pairs.map(({ b, n, pearson, pearsonCi95 }) => [
        ...[b, n, pearson, pearsonCi95?.[0] ?? null, pearsonCi95?.[1] ?? null],
        ...[corrected(b)?.noiseCeiling ?? null, corrected(b)?.pearsonCorrected ?? null],
      ]),
    }),
  };
  return [figure];
}

const lineOf = (target: TargetAnalysis | undefined, scale: ErrorScale) =>
  target && { linear: target.linearLine, probit: target.probitLine, logit: target.logitLine }[scale];

/** Error on the reference against the error on each other dataset, with the fitted line. */
export function scatterFigures(data: PageData): Figure[] {
  const { reference, datasets, errors, best, worst, targets, architectures } = data;
  return referencePairs(data).map((pair): Figure => {
    const dataset = pair.b;
    const target = targets.find((candidate) => candidate.target === dataset);
    const column = datasets.findIndex((facts) => facts.dataset === dataset);
    const [x, y] = [errors[0]!, errors[column]!];
    return {
      id: `scatter-${idPart(dataset, column)}`,
      alternative: `Error on ${reference} against error on ${dataset}, a point an architecture; r ${signed(pair.pearson)}`,
      isInteractive: true,
      isOfParts: isPart(datasets[column]!),
      draw: (theme, { scale }) => {
        const line = lineOf(target, scale);
        const fit =
          line?.slope == null || line.intercept === null ? undefined : { slope: line.slope, intercept: line.intercept };
        return scatterChart(
          {
            heading: dataset,
            below: `r ${signed(pair.pearson)}${line?.slope == null ? '' : `, slope ${signed(line.slope)}, R² ${line.r2?.toFixed(2)}`}`,
            xTitle: `error on ${reference}`,
            yTitle: 'error',
            ...{ x, y, scale, best, worst, line: fit, xKind: 'error' },
          },
          theme,
        );
      },
      table: () => ({
        header: ['architecture', `error on ${reference}`, `error on ${dataset}`],
        rows: architectures.map((name, row) => [name, x[row] ?? null, y[row] ?? null]),
      }),
    };
  });
}

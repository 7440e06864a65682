import type { Analysis } from '../analysis/index.ts';
import type { FlatRow } from '../results/flat-rows.ts';

type Scalar = string | number | null;

/**
 * An analysis as tables for other programs, by name; each is made when it is asked for. Their columns are the fields of the result types; an interval is two, with
 * `Low` and `High` behind its name; fields within a field have both names; lists of names are joined by `; `.
 */
export function analysisTables(analysis: Analysis): Map<string, () => Iterable<FlatRow>> {
  const { subsets, advice, curves, transfers, populationSizes, matrix } = analysis;
  return new Map<string, () => Iterable<FlatRow>>([
    ['datasets', () => analysis.datasets.map(flat)],
    ['runs', () => analysis.runs.map(({ failed, ...counts }) => flat({ ...counts, failed: failedRuns(failed) }))],
    ['correlations', () => analysis.correlations.map(flat)],
    ['targets', () => analysis.targets.map(flat)],
    ['architectures', () => ({ [Symbol.iterator]: () => architectureRows(transfers, matrix) })],
    ['reliabilities', () => analysis.reliabilities.map(flat)],
    ['attenuation', () => analysis.attenuation.map(flat)],
    ['comparisons', () => analysis.comparisons.map(flat)],
    [
      'population-sizes',
      () => populationSizes.flatMap(({ target, sizes }) => sizes.map((size) => flat({ target, ...size }))),
    ],
    ['size-baselines', () => analysis.sizeBaselines.map(flat)],
    ['choices', () => analysis.choices.map(flat)],
    ['effects', () => analysis.effects.map(flat)],
    ['ranges', () => analysis.ranges.map(flat)],
    ['contradictions', () => analysis.contradictions.map(flat)],
    ['subsets', () => subsets.map(subsetRow)],
    [
      'subset-draws',
      () => subsets.flatMap(({ target, classes, draws }) => draws.map((draw) => flat({ target, classes, ...draw }))),
    ],
    [
      'advice',
      () =>
        advice.flatMap(({ target, sources }) =>
          sources.map((source, index) => flat({ target, place: index + 1, ...source })),
        ),
    ],
    [
      'curves',
      () => curves.flatMap(({ dataset, epochs, points }) => points.map((point) => flat({ dataset, epochs, ...point }))),
    ],
  ]);
}

const failedRuns = (failed: Analysis['runs'][number]['failed']) =>
  failed.map(({ category, runs }) => `${category}: ${runs}`);

const subsetRow = ({ draws, control, ...subset }: Analysis['subsets'][number]) =>
  flat({ ...subset, draws: draws.length, ...(control === null ? {} : { control }) });

/** A row for each target and architecture that has both errors: so many that they are made one by one. */
function* architectureRows(transfers: Analysis['transfers'], matrix: Analysis['matrix']): Generator<FlatRow> {
  for (const { target, residuals, referenceRank, targetRank } of transfers)
    for (const [row, architecture] of matrix.architectures.entries()) {
      const [before, after] = [referenceRank[row]!, targetRank[row]!];
      if (before === null || after === null) continue;
      yield {
        architecture,
        target,
        linearResidual: residuals.linear[row]!,
        probitResidual: residuals.probit[row]!,
        logitResidual: residuals.logit[row]!,
        referenceRank: before,
        targetRank: after,
        rankChange: after - before,
      };
    }
}

/** A record as a row; fields of what is nested in it are called by the names on their way. */
function flat(record: object): FlatRow {
  const row: Record<string, Scalar> = {};
  const add = (name: string, value: unknown) => {
    if (isInterval(name) && (value === null || Array.isArray(value)))
      [row[`${name}Low`], row[`${name}High`]] = (value ?? [null, null]) as [Scalar, Scalar];
    else if (Array.isArray(value)) {
      // Lists of records are tables of their own.
      if (value.every((item) => typeof item !== 'object')) row[name] = value.join('; ');
    } else if (typeof value === 'object' && value !== null)
      for (const [inner, field] of Object.entries(value))
        add(`${name}${inner.charAt(0).toUpperCase()}${inner.slice(1)}`, field);
    else row[name] = value as Scalar;
  };
  for (const [name, value] of Object.entries(record)) add(name, value);
  return row;
}

/** E.g. `pearsonCi95`, or `partialPearsonCi95Flops` of a record of intervals. */
const isInterval = (name: string) => /(Ci95|ange95)/.test(name);

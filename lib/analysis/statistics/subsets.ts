import { pearson } from '../coefficients/moments.ts';
import { spearman } from '../coefficients/ranks.ts';
import { drawsTest, type RandomDraws } from '../inference/draws.ts';
import type { Interval } from '../inference/intervals.ts';
import { withRankInterval } from '../inference/rank-intervals.ts';
import { deviation } from '../inference/simultaneous.ts';
import { fewestUnits, sideOf } from '../inference/verdict.ts';
import { difference, meanOf, valueOf, type Estimate } from '../resampling/estimate.ts';
import type { Measurement } from '../resampling/measurement.ts';
import { ofAll } from '../statistic.ts';
import type { AnalysisTable } from '../table/analysis-table.ts';
import type { ComparedDataset } from '../table/datasets.ts';
import { restricted } from '../table/vectors.ts';
import { isTarget } from './proxies.ts';

/** A difference of two rank correlations with a target; the draws are a random sample of all possible draws. */
export interface DrawDifference {
  difference: number | null;
  /** Simultaneous over all comparisons of draws with the reference, or all those with controls, and the other questions of the report. */
  differenceCi95: Interval | null;
  pValue: number | null;
  pValueCorrected: number | null;
  /** `higher` or `lower` if the interval excludes 0. */
  verdict: 'higher' | 'lower' | 'undecided';
}

/**
 * Whether the reference restricted to a number of classes ranks architectures for a target better than the whole reference does, by
 * Spearman's rho. Target, reference, draws and controls are compared on the same architectures.
 */
export interface SubsetComparison extends DrawDifference {
  target: string;
  /** Classes of the subsets. */
  classes: number;
  /** Architectures with an error on target, reference, every draw and every control of that many classes. */
  n: number;
  /** Every draw of that many classes, by number. */
  draws: SubsetDraw[];
  /** Whether there is only one draw, so that the difference and its verdict are about this draw alone. */
  isOfThisDraw: boolean;
  /** Rho with the target, averaged over the draws, with the interval over architectures alone. */
  meanSpearman: number | null;
  meanSpearmanCi95: Interval | null;
  /** Standard deviation of rho over the draws; null for a single draw. */
  drawDeviation: number | null;
  referenceSpearman: number | null;
  /** Pearson's r, the figure of the paper, for comparison; no verdict rests on it. */
  meanPearson: number | null;
  referencePearson: number | null;
  pearsonDifference: number | null;
  /** The reference with as many images as the subset but all its classes; null if the table has none. */
  control: SubsetControl | null;
}

/** Draws minus control: the effect of fewer classes beyond that of fewer images. */
export interface SubsetControl extends DrawDifference {
  datasets: string[];
  spearman: number | null;
  spearmanCi95: Interval | null;
  pearson: number | null;
  /** Control minus reference: the effect of fewer images. */
  toReference: DrawDifference;
  /** Share of the difference between draws and reference that fewer images explain; null unless that difference is shown. */
  explained: number | null;
}

export interface SubsetDraw {
  dataset: string;
  /** Its number; null if unknown. */
  classDraw: number | null;
  n: number;
  spearman: number | null;
  pearson: number | null;
}

export interface Part {
  known: Pick<
    SubsetComparison,
    | 'target'
    | 'classes'
    | 'n'
    | 'draws'
    | 'isOfThisDraw'
    | 'meanSpearman'
    | 'meanSpearmanCi95'
    | 'drawDeviation'
    | 'referenceSpearman'
    | 'meanPearson'
    | 'referencePearson'
    | 'pearsonDifference'
  >;
  toReference: RandomDraws | null;
  control: {
    known: Pick<SubsetControl, 'datasets' | 'spearman' | 'spearmanCi95' | 'pearson'>;
    toDraws: RandomDraws | null;
    toReference: RandomDraws | null;
  } | null;
}

export const subsets = ofAll(
  'target',
  (measurement, table, target) => {
    if (!isTarget(table, target)) return () => [];
    const counts = new Set(table.facts.filter(({ role }) => role === 'subset').map(({ classes }) => classes!));
    const declared = [...counts]
      .sort((a, b) => b - a)
      .map((classes) => declareCount(measurement, table, target, classes));
    return () => declared.map((part) => part());
  },
  (parts: Part[], { levels }): SubsetComparison[] => {
    const controls = parts.filter(({ control }) => control !== null).length;
    // Both the draws and the reference are compared with a control.
    const test: Test = (draws) => tested(draws, 2 * controls, levels.controls!);
    return parts.map(({ known, toReference, control }) => {
      const found = tested(toReference, parts.length, levels.subsets!);
      return { ...known, ...found, control: control && testedControl(control, found, test) };
    });
  },
);

function testedControl(
  { known, toDraws, toReference }: NonNullable<Part['control']>,
  drawsToReference: DrawDifference,
  test: Test,
): SubsetControl {
  const images = test(toReference);
  const isShown = drawsToReference.verdict !== 'undecided' && images.difference !== null;
  return {
    ...known,
    ...test(toDraws),
    toReference: images,
    explained: isShown ? images.difference! / drawsToReference.difference! : null,
  };
}

type Test = (draws: RandomDraws | null) => DrawDifference;

function tested(draws: RandomDraws | null, comparisons: number, level: number): DrawDifference {
  if (draws === null)
    return { difference: null, differenceCi95: null, pValue: null, pValueCorrected: null, verdict: 'undecided' };
  const { interval, pValue, pValueCorrected } = drawsTest(draws, comparisons, level);
  return {
    difference: draws.mean,
    differenceCi95: interval,
    pValue,
    pValueCorrected,
    verdict: (['lower', 'undecided', 'higher'] as const)[1 + sideOf(interval)]!,
  };
}

/** Declares the comparison for one number of classes; the returned function gives it after the measurement. */
function declareCount(measurement: Measurement, table: AnalysisTable, target: number, classes: number): () => Part {
  const errors = table.errors[target]!;
  const members = (role: ComparedDataset['role']) =>
    table.facts.flatMap((facts, dataset) =>
      facts.role === role && facts.classes === classes ? [{ facts, dataset }] : [],
    );
  const [draws, controls] = [members('subset'), members('control')];
  draws.sort((a, b) => (a.facts.classDraw ?? 0) - (b.facts.classDraw ?? 0));
  const compared = [0, ...draws.map(({ dataset }) => dataset), ...controls.map(({ dataset }) => dataset)];
  const sample = measurement.sample(
    restricted(
      errors,
      compared.map((dataset) => table.errors[dataset]!),
    ),
  );
  const of = (coefficient: typeof pearson, dataset: number) =>
    coefficient(measurement, sample, table.errors[dataset]!, errors);
  const figures = (datasets: readonly number[]) => ({
    rhos: datasets.map((dataset) => of(spearman, dataset)),
    rs: datasets.map((dataset) => of(pearson, dataset)),
  });
  const [reference, ofDraws, ofControls] = [
    [0],
    draws.map(({ dataset }) => dataset),
    controls.map(({ dataset }) => dataset),
  ].map(figures) as [Figures, Figures, Figures];
  const { resamples } = table.replicates;
  return () => {
    const [rho, r] = [reference.rhos[0]!, reference.rs[0]!];
    const [mean, meanR] = [meanOf(ofDraws.rhos), meanOf(ofDraws.rs)];
    const [control, controlR] = [meanOf(ofControls.rhos), meanOf(ofControls.rs)];
    const ofMean = mean === undefined ? { value: null, ci95: null } : withRankInterval(mean, table);
    const ofControl = control === undefined ? { value: null, ci95: null } : withRankInterval(control, table);
    const [meanPearson, referencePearson] = [meanR === undefined ? null : valueOf(meanR), valueOf(r)];
    return {
      known: {
        target: table.datasets[target]!,
        classes,
        n: sample.rows.length,
        draws: draws.map(({ facts }, index) => ({
          dataset: facts.dataset,
          classDraw: facts.classDraw,
          n: sample.rows.length,
          spearman: valueOf(ofDraws.rhos[index]!),
          pearson: valueOf(ofDraws.rs[index]!),
        })),
        isOfThisDraw: draws.length === 1,
        meanSpearman: ofMean.value,
        meanSpearmanCi95: ofMean.ci95,
        drawDeviation: draws.length < 2 ? null : Math.sqrt(variance(definedValues(ofDraws.rhos))),
        referenceSpearman: valueOf(rho),
        meanPearson,
        referencePearson,
        pearsonDifference: meanPearson === null || referencePearson === null ? null : meanPearson - referencePearson,
      },
      toReference: randomDraws(ofDraws.rhos, rho, resamples),
      control:
        control === undefined
          ? null
          : {
              known: {
                datasets: controls.map(({ facts }) => facts.dataset),
                spearman: ofControl.value,
                spearmanCi95: ofControl.ci95,
                pearson: controlR === undefined ? null : valueOf(controlR),
              },
              toDraws: randomDraws(ofDraws.rhos, control, resamples),
              toReference: randomDraws(ofControls.rhos, rho, resamples),
            },
    };
  };
}

interface Figures {
  rhos: Estimate[];
  rs: Estimate[];
}

/**
 * Returns the difference between the draws' mean and another estimate. Variation over samples of architectures in which the draws differ is
 * already part of the variance between draws, so it is subtracted from the variance over architectures.
 */
function randomDraws(draws: readonly Estimate[], other: Estimate, resamples: number): RandomDraws | null {
  const defined = draws.filter((draw) => valueOf(draw) !== null);
  const mean = meanOf(defined);
  if (mean === undefined || valueOf(other) === null || other.n < fewestUnits) return null;
  const gained = difference(mean, other);
  const count = defined.length;
  const widened = other.n / (other.n - 1);
  const overArchitectures = widened * errorOf(gained, resamples) ** 2;
  const interaction =
    count < 2
      ? 0
      : (widened * defined.reduce((sum, draw) => sum + errorOf(difference(draw, mean), resamples) ** 2, 0)) /
        (count - 1);
  return {
    mean: valueOf(gained)!,
    variance: Math.max(0, overArchitectures - interaction / count),
    degrees: other.n - 1,
    betweenDraws: count < 2 ? 0 : variance(definedValues(defined)),
    draws: count,
  };
}

const errorOf = (estimate: Estimate, resamples: number) => deviation(estimate.values.subarray(1, 1 + resamples));

const definedValues = (estimates: readonly Estimate[]) => estimates.flatMap((estimate) => valueOf(estimate) ?? []);

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

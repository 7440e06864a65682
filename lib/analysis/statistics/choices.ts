import { withInterval, type Interval } from '../inference/intervals.ts';
import { mostFirst } from '../resampling/first-items.ts';
import { valueOf, type Estimate } from '../resampling/estimate.ts';
import type { Measurement } from '../resampling/measurement.ts';
import type { Sample } from '../resampling/sample.ts';
import { ofEach } from '../statistic.ts';
import type { AnalysisTable } from '../table/analysis-table.ts';
import { negated, restricted, type Vector } from '../table/vectors.ts';
import { isTarget, proxiesOf, type Proxy } from './proxies.ts';

/** The loss on a target from choosing the k best architectures by a proxy, or the k largest by a size. */
export interface Choice {
  target: string;
  by: Proxy;
  k: number;
  /** Architectures to choose from: those with an error on the target and a value of the proxy; more than k. */
  n: number;
  /**
   * Error of the best of the k chosen minus that of the best of all. Of architectures tied on the proxy, those with the larger target error
   * count as chosen.
   */
  regret: number;
  /** Null if more than a quarter of the architectures are chosen, as resamples then hardly ever show a loss. */
  regretCi95: Interval | null;
  /**
   * Whether the best architecture is chosen on one seed of the target and scored on the others, and vice versa, over the architectures with
   * two seeds: such a regret is free of the luck of the best, and can be below 0. Otherwise the same errors serve for both.
   */
  scoredOnOtherSeed: boolean;
  /** Share of the k chosen that are among the k best on the target, in [0, 1]; ties there count as among them. */
  precision: number;
  /** Null for k = 1, for which resamples say nothing. */
  precisionCi95: Interval | null;
}

/** Numbers of architectures chosen. */
const choiceSizes = [1, 5, mostFirst] as const;

/** The largest share of the architectures for which a regret has an interval. */
const mostChosen = 0.25;

export interface DeclaredChoice {
  k: number;
  scoredOnOtherSeed: boolean;
  regret: Estimate;
  precision: Estimate;
}

/** The errors by which the best on the target is chosen, and those by which it is scored. */
interface Judgement {
  chosenBy: Vector;
  scoredBy: Vector;
}

/**
 * Declares the choices that are smaller than the number of architectures.
 * @param proxy lower is better
 * @param seeds the errors on the target by seed
 */
export function declareChoices(
  measurement: Measurement,
  proxy: Vector,
  target: Vector,
  seeds: readonly Vector[],
): DeclaredChoice[] {
  const { judgements, errors, scoredOnOtherSeed } = judged(target, seeds);
  const sample = measurement.sample(proxy, errors);
  const sizes = choiceSizes.filter((k) => k < sample.rows.length);
  const regrets = declareRegrets(measurement, sample, proxy, errors, judgements, sizes);
  const precisions = declarePrecisions(measurement, sample, proxy, errors, sizes);
  return sizes.map((k, index) => ({
    k,
    scoredOnOtherSeed,
    regret: regrets[index]!,
    precision: precisions[index]!,
  }));
}

/**
 * Declares the regret of the architecture that is best by a proxy; undefined if there is no other architecture.
 * @param proxy lower is better
 */
export function declareRegret(
  measurement: Measurement,
  proxy: Vector,
  target: Vector,
  seeds: readonly Vector[],
): Estimate | undefined {
  const { judgements, errors } = judged(target, seeds);
  const sample = measurement.sample(proxy, errors);
  return sample.rows.length < 2 ? undefined : declareRegrets(measurement, sample, proxy, errors, judgements, [1])[0];
}

interface Judged {
  judgements: readonly Judgement[];
  /** Errors of the architectures to choose from. */
  errors: Vector;
  scoredOnOtherSeed: boolean;
}

/** By target: the same vectors for each of its proxies. */
const known = new WeakMap<Vector, Judged>();

function judged(target: Vector, seeds: readonly Vector[]): Judged {
  const found = known.get(target) ?? newlyJudged(target, seeds);
  known.set(target, found);
  return found;
}

function newlyJudged(target: Vector, seeds: readonly Vector[]): Judged {
  const crossed = crossedSeeds(seeds);
  if (crossed === undefined)
    return { judgements: [{ chosenBy: target, scoredBy: target }], errors: target, scoredOnOtherSeed: false };
  return { judgements: crossed, errors: restricted(target, [crossed[0]!.scoredBy]), scoredOnOtherSeed: true };
}

/**
 * Pairs the first seed of each architecture, and then its last one, with the mean of its others; undefined if less than half of the
 * architectures have two seeds.
 */
function crossedSeeds(seeds: readonly Vector[]): Judgement[] | undefined {
  const own = Array.from(seeds[0] ?? [], (_, row) =>
    seeds.map((seed) => seed[row]!).filter((error) => !Number.isNaN(error)),
  );
  const repeated = own.filter((errors) => errors.length > 1).length;
  if (repeated === 0 || 2 * repeated < own.filter((errors) => errors.length > 0).length) return undefined;
  const judgement = (chosen: (errors: number[]) => number): Judgement => {
    const chosenBy = Float64Array.from(own, (errors) => (errors.length < 2 ? NaN : chosen(errors)));
    const scoredBy = Float64Array.from(own, (errors, row) =>
      errors.length < 2 ? NaN : (errors.reduce((sum, error) => sum + error, 0) - chosenBy[row]!) / (errors.length - 1),
    );
    return { chosenBy, scoredBy };
  };
  return [judgement((errors) => errors[0]!), judgement((errors) => errors.at(-1)!)];
}

/** Orders by the proxy; of tied architectures the worse on the target comes first. */
const firstByProxy = (sample: Sample, proxy: Vector, errors: Vector) => sample.firstItems(proxy, negated(errors));

/** Declares the mean regret over the judgements. */
function declareRegrets(
  measurement: Measurement,
  sample: Sample,
  proxy: Vector,
  errors: Vector,
  judgements: readonly Judgement[],
  sizes: readonly number[],
): Estimate[] {
  const byProxy = firstByProxy(sample, proxy, errors);
  const byJudgement = judgements.map(({ chosenBy, scoredBy }) => ({
    chosenErrors: sample.valuesOf(chosenBy),
    scores: sample.valuesOf(scoredBy),
    byTarget: sample.firstItems(chosenBy, scoredBy),
  }));
  return measurement.declareAll(sample, sizes.length, (lane, _, out) => {
    const found = byProxy.found(lane);
    for (const { chosenErrors, scores, byTarget } of byJudgement) {
      const best = byTarget.at(lane, 0);
      let lowest = byProxy.at(lane, 0);
      let place = 0;
      for (let index = 0; index < sizes.length && found >= sizes[index]!; index++) {
        for (; place < sizes[index]!; place++) {
          const item = byProxy.at(lane, place);
          if (chosenErrors[item]! < chosenErrors[lowest]!) lowest = item;
        }
        const loss = (scores[lowest]! - scores[best]!) / byJudgement.length;
        out[index] = Number.isNaN(out[index]!) ? loss : out[index]! + loss;
      }
    }
  });
}

function declarePrecisions(
  measurement: Measurement,
  sample: Sample,
  proxy: Vector,
  target: Vector,
  sizes: readonly number[],
): Estimate[] {
  const byProxy = firstByProxy(sample, proxy, target);
  const byTarget = sample.firstItems(target);
  const errors = sample.valuesOf(target);
  return measurement.declareAll(sample, sizes.length, (lane, _, out) => {
    const found = byProxy.found(lane);
    for (let index = 0; index < sizes.length && found >= sizes[index]!; index++) {
      const k = sizes[index]!;
      const limit = errors[byTarget.at(lane, k - 1)]!;
      let hits = 0;
      for (let place = 0; place < k; place++) if (errors[byProxy.at(lane, place)]! <= limit) hits++;
      out[index] = hits / k;
    }
  });
}

/** Returns the figures of a declared choice after the measurement. */
export function measuredChoice({ k, regret, precision, scoredOnOtherSeed }: DeclaredChoice, table: AnalysisTable) {
  const loss = withInterval(regret, table);
  return {
    k,
    regret: loss.value!,
    regretCi95: k > mostChosen * regret.n ? null : loss.ci95,
    scoredOnOtherSeed,
    precision: valueOf(precision)!,
    precisionCi95: k === 1 ? null : withInterval(precision, table).ci95,
  };
}

/** Choices by every proxy of each target. */
export const choices = ofEach('target', (measurement, table, target) => {
  if (!isTarget(table, target)) return () => [];
  const declared = proxiesOf(table, target).map(({ proxy, vector }) => ({
    proxy,
    choices: declareChoices(measurement, vector, table.errors[target]!, table.seedErrors[target]!),
  }));
  return () =>
    declared.flatMap(({ proxy, choices: own }) =>
      own.map((choice): Choice => {
        const { k, ...found } = measuredChoice(choice, table);
        return { target: table.datasets[target]!, by: proxy, k, n: choice.regret.n, ...found };
      }),
    );
});

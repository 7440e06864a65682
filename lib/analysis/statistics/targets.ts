import { partialPearson, pearson } from '../coefficients/moments.ts';
import { spearman } from '../coefficients/ranks.ts';
import { withInterval, type Interval } from '../inference/intervals.ts';
import { withRankInterval } from '../inference/rank-intervals.ts';
import { reportLevel } from '../inference/levels.ts';
import { simultaneous, type Member, type Simultaneous } from '../inference/simultaneous.ts';
import { verdictOf, type Verdict } from '../inference/verdict.ts';
import { valueOf, type Estimate } from '../resampling/estimate.ts';
import { ofAll } from '../statistic.ts';
import { logarithmOf, restricted } from '../table/vectors.ts';
import { bestThirdOf } from './best-third.ts';
import { declareChoices, measuredChoice, type Choice } from './choices.ts';
import { architecturesToDecide } from './deciding-size.ts';
import { architecturesBehind, rangeLeavingOneOut } from './leaving-out.ts';
import { declareLine, lineScales, type Line, type LineScale, type ScaledLine } from './lines.ts';
import { imageVarianceOf } from './image-variance.ts';
import { isTarget } from './proxies.ts';

/** What the reference predicts for one target. */
export interface TargetAnalysis {
  target: string;
  /** Architectures with an error on both. */
  n: number;
  /** Rank correlation of the errors, on which the verdict rests. */
  spearman: number | null;
  verdict: Verdict;
  /**
   * Of Spearman's rho; simultaneous over the targets, or over the parts of the reference among themselves, and the other questions of the
   * report.
   */
  verdictCi95: Interval | null;
  /** Of the hypothesis that rho is 0, two-sided; the corrected one is at most 0.05 exactly if `verdictCi95` excludes 0. */
  pValue: number | null;
  pValueCorrected: number | null;
  /**
   * For an undecided target, the number of architectures with which four of five studies of as many targets would find a true rho of 0 to
   * be gone, and a true rho of 0.6 to hold; null for others.
   */
  architecturesNeeded: number | null;
  /** Pearson's r, the figure of the paper; no verdict rests on it. */
  pearson: number | null;
  /** Range of r when one architecture is left out. */
  pearsonLeavingOneOut: Interval | null;
  /** Whether r is more than 0.2 from rho. */
  pearsonDisagrees: boolean;
  /** If so, the few architectures without which r is within 0.1 of rho; empty if leaving out a tenth of them is not enough. */
  pearsonMadeBy: string[];
  /** The same verdict with architectures that have a diverged run ranked last; null if no run diverged. */
  divergedLast: { n: number; spearman: number | null; verdict: Verdict; verdictCi95: Interval | null } | null;
  /**
   * The same verdict, generalised to other test images of the same kind by resampling images with the architectures. Null unless it is
   * known which images every run on the reference and the target classified wrongly. All other figures are about the given test images.
   */
  overTestImages: { verdict: Verdict; verdictCi95: Interval | null } | null;
  /** Rank correlation among the third of the architectures that are best on the reference. */
  bestThird: { n: number; spearman: number | null; spearmanCi95: Interval | null };
  linearLine: Line;
  probitLine: Line;
  logitLine: Line;
  /**
   * By measure of size: Pearson's r of the residuals of both errors after least squares on [1, ln measure], over the architectures that
   * have all three; null on fewer than four of these, or if the measure is constant or determines an error.
   */
  partialPearson: Record<string, number | null>;
  partialPearsonCi95: Record<string, Interval | null>;
  /** Choosing the k best on the reference: as in `Choice`. */
  regret: Omit<Choice, 'target' | 'by' | 'n'>[];
}

export interface Part {
  isTarget: boolean;
  rho: Estimate;
  rhoDivergedLast: { n: number; rho: Estimate } | null;
  imageVariance: number | null;
  known: Omit<
    TargetAnalysis,
    | 'spearman'
    | 'verdict'
    | 'verdictCi95'
    | 'pValue'
    | 'pValueCorrected'
    | 'architecturesNeeded'
    | 'divergedLast'
    | 'overTestImages'
  >;
}

export const targets = ofAll(
  'target',
  (measurement, table, target) => {
    const { datasets, errors: all, divergedLast, architectures, seedErrors } = table;
    const [reference, errors] = [all[0]!, all[target]!];
    const sample = measurement.sample(reference, errors);
    const r = pearson(measurement, sample, reference, errors);
    const rho = spearman(measurement, sample, reference, errors);
    const rankedLast = () => {
      const [x, y] = [divergedLast[0]!, divergedLast[target]!];
      if (x === reference && y === errors) return null;
      const own = measurement.sample(x, y);
      return { n: own.rows.length, rho: spearman(measurement, own, x, y) };
    };
    const rhoDivergedLast = rankedLast();
    const best = bestThirdOf(restricted(reference, [errors]));
    const sampleOfBest = measurement.sample(best, errors);
    const rhoOfBest = spearman(measurement, sampleOfBest, reference, errors);
    const lines = lineScales.map((scale) => [scale, declareLine(measurement, table, target, scale)] as const);
    const partials = table.sizes.map((size) => {
      const logarithm = logarithmOf(table.parameters.get(size)![target]!);
      const three = measurement.sample(reference, errors, logarithm);
      return [size, partialPearson(measurement, three, reference, errors, logarithm)] as const;
    });
    const choices = declareChoices(measurement, reference, errors, seedErrors[target]!);
    return (kernel): Part[] => {
      const scaled = Object.fromEntries(lines.map(([scale, measured]) => [scale, measured()])) as Record<
        LineScale,
        ScaledLine
      >;
      const fixed = partials.map(([size, estimate]) => [size, withInterval(estimate, table)] as const);
      const [value, rank] = [valueOf(r), valueOf(rho)];
      const disagrees = value !== null && rank !== null && Math.abs(value - rank) > disagreement;
      const ofBest = withRankInterval(rhoOfBest, table);
      const [x, y] = [sample.valuesOf(reference), sample.valuesOf(errors)];
      return [
        {
          isTarget: isTarget(table, target),
          rho,
          rhoDivergedLast,
          imageVariance: imageVarianceOf(kernel, table, target, rho, sample.rows),
          known: {
            target: datasets[target]!,
            n: sample.rows.length,
            pearson: value,
            pearsonLeavingOneOut: rangeLeavingOneOut(x, y),
            pearsonDisagrees: disagrees,
            pearsonMadeBy: disagrees
              ? architecturesBehind(x, y, rank).map((place) => architectures[sample.rows[place]!]!)
              : [],
            bestThird: { n: sampleOfBest.rows.length, spearman: ofBest.value, spearmanCi95: ofBest.ci95 },
            linearLine: scaled.linear.line,
            probitLine: scaled.probit.line,
            logitLine: scaled.logit.line,
            partialPearson: Object.fromEntries(fixed.map(([size, found]) => [size, found.value])),
            partialPearsonCi95: Object.fromEntries(fixed.map(([size, { ci95 }]) => [size, ci95])),
            regret: choices.map((choice) => measuredChoice(choice, table)),
          },
        },
      ];
    };
  },
  (parts: Part[], table): TargetAnalysis[] => {
    const decided = new Map<Part, Decided>();
    for (const family of [true, false]) {
      const members = parts.filter((part) => part.isTarget === family);
      const level = (family ? table.levels.ranking : table.levels.parts) ?? reportLevel;
      const test = (memberOf: (part: Part) => Member) =>
        simultaneous(members.map(memberOf), table.replicates, 'correlation', level);
      const tests = test(({ rho }) => ({ estimate: rho }));
      const last = test(({ rho, rhoDivergedLast }) => ({ estimate: rhoDivergedLast?.rho ?? rho }));
      const overImages = test(({ rho, imageVariance }) => ({ estimate: rho, furtherVariance: imageVariance ?? 0 }));
      members.forEach((part, index) =>
        decided.set(part, {
          test: tests[index]!,
          last: last[index]!,
          overImages: overImages[index]!,
          needed: architecturesToDecide(members.length, level),
        }),
      );
    }
    return parts.map((part): TargetAnalysis => {
      const { rho, rhoDivergedLast, imageVariance, known } = part;
      const { test, last, overImages, needed } = decided.get(part)!;
      const { target, n, ...others } = known;
      const verdict = verdictOf(test.interval);
      return {
        target,
        n,
        spearman: valueOf(rho),
        verdict,
        verdictCi95: test.interval,
        pValue: test.pValue,
        pValueCorrected: test.pValueCorrected,
        architecturesNeeded: verdict === 'undecided' ? needed : null,
        divergedLast: rhoDivergedLast && {
          n: rhoDivergedLast.n,
          spearman: valueOf(rhoDivergedLast.rho),
          verdict: verdictOf(last.interval),
          verdictCi95: last.interval,
        },
        overTestImages:
          imageVariance === null ? null : { verdict: verdictOf(overImages.interval), verdictCi95: overImages.interval },
        ...others,
      };
    });
  },
);

interface Decided {
  test: Simultaneous;
  last: Simultaneous;
  overImages: Simultaneous;
  /** Number of architectures that would decide an undecided member. */
  needed: number;
}

/** The smallest difference of r from rho that counts as a disagreement. */
const disagreement = 0.2;

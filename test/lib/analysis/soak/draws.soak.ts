import { describe, expect, test } from 'vitest';
import { analyzeResults, type Analysis, type StatisticName } from '../../../../lib/analysis/index.ts';
import { stream } from '../../../../lib/core/random.ts';
import { options, rowsOf } from '../results.ts';
import { contains, isChoosingFalse, isComparisonFalse, isRankingFalse } from './false-verdicts.ts';
import { falseReports, measuredRate, rateError, recordMeasured } from './measured-table.ts';

// Subsets that change nothing on average: how often they are said to raise or lower the rank correlation, and how often any verdict of a
// report with them is false.

const sizes = (process.env['SOAK_SIZES'] ?? '24,60,150,500').split(',').map(Number);
/** Number of studies of each kind; fewer give a rougher table sooner. */
const trials = Number(process.env['SOAK_TRIALS'] ?? 400);
const share = 0.6;
const scatter = 0.1;
const parameters = ['d1', 'd2', 'w1', 'w2'];
const whole: StatisticName[] = ['subsets', 'targets', 'advice', 'comparisons', 'effects', 'effectDifferences'];

const spearmanOf = (r: number) => (6 / Math.PI) * Math.asin(r / 2);

interface Study {
  analysis: Analysis;
  /** By draw: Pearson's r with the target. */
  own: number[];
}

/** @param lost share of the networks, the worst on each draw, whose runs diverge there */
function studyOf(trial: number, n: number, draws: number, gain: number, lost: number): Study {
  const random = stream(trial, 'draws', n, draws, gain, lost);
  const target = Array.from({ length: n }, () => random.normal());
  const near = (r: number) => target.map((value) => r * value + Math.sqrt(1 - r * r) * random.normal());
  const structure = target.map(() => Object.fromEntries(parameters.map((name) => [name, 1 + random.integer(16)])));
  const rowsFor = (dataset: string, values: readonly number[], further: object, without = 0) => {
    const limit = [...values].sort((a, b) => b - a)[Math.round(without * n) - 1] ?? Infinity;
    return rowsOf(
      dataset,
      values.map((value) => (value >= limit ? null : 0.5 + 0.01 * value)),
      {
        further: values.map((value, network) => ({
          ...structure[network],
          ...further,
          outcome: value >= limit ? 'diverged' : 'finished',
        })),
      },
    );
  };
  const own = Array.from({ length: draws }, () =>
    Math.min(0.99, Math.max(-0.99, share + gain + (draws > 1 ? scatter * random.normal() : 0))),
  );
  const rows = [
    ...rowsFor('reference', near(share), { parentDataset: 'reference' }),
    ...rowsFor('target', target, { parentDataset: 'target' }),
    ...own.flatMap((r, draw) =>
      rowsFor(`draw-${draw}`, near(r), { parentDataset: 'reference', classes: 10, classDraw: draw }, lost),
    ),
  ];
  const selection: StatisticName[] = gain === 0 && lost === 0 ? whole : ['subsets'];
  return {
    analysis: analyzeResults(rows, options({ bootstrapResamples: 499, seed: trial, parameters }), selection),
    own,
  };
}

const isShown = ({ analysis }: Study) => analysis.subsets[0]!.verdict !== 'undecided';

/** Whether any verdict of a report is false, in studies whose draws change nothing. */
function isAnyFalse({ analysis, own }: Study): boolean {
  const { targets, effects, effectDifferences } = analysis;
  const rhos = own.map(spearmanOf);
  const rhoOf = (dataset: string) => rhos[Number(dataset.split('-')[1])]!;
  const mean = rhos.reduce((sum, rho) => sum + rho, 0) / rhos.length;
  return (
    isShown({ analysis, own }) ||
    // The datasets have nothing in common apart from the target.
    targets.some((of) =>
      isRankingFalse(of, spearmanOf(of.target === 'target' ? share : share * own[Number(of.target.split('-')[1])]!)),
    ) ||
    isComparisonFalse(analysis, ({ proxy }) => rhoOf(proxy) - spearmanOf(share)) ||
    isChoosingFalse(analysis, (source) => (source === 'reference' ? spearmanOf(share) : mean)) ||
    effects.some(({ verdict }) => verdict === 'related') ||
    effectDifferences.some(({ verdict }) => verdict === 'differs')
  );
}

const header = [
  ...[
    'draws',
    'n',
    'studies',
    'false',
    'any false',
    'a change is shown',
    'the same, worst 5 % lost',
    'interval covers 0',
  ],
  ...['finds a loss of 0.3'],
];

describe.each([1, 3, 5])('%i draws whose r varies by 0.10', (draws) => {
  test.each(sizes)('of %i networks: a verdict is false in at most 6 % of the reports', async (n) => {
    const rate = (gain: number, lost: number, ...of: ((study: Study) => boolean)[]) => {
      const counts = of.map(() => 0);
      for (let trial = 0; trial < trials; trial++) {
        const study = studyOf(trial, n, draws, gain, lost);
        of.forEach((is, index) => (counts[index]! += is(study) ? 1 : 0));
      }
      return counts.map((count) => count / trials);
    };
    const [any, shown, covered] = rate(0, 0, isAnyFalse, isShown, ({ analysis }) =>
      contains(analysis.subsets[0]!.differenceCi95, 0),
    ) as [number, number, number];
    const [lost] = rate(0, 0.05, isShown) as [number];
    const [power] = rate(-0.3, 0, isShown) as [number];
    const row = [
      ...[draws === 1 ? '1 (this draw)' : String(draws), String(n), String(trials), String(Math.round(any * trials))],
      ...[any, shown, lost, covered, power].map((of) => measuredRate(of, trials)),
    ];
    await recordMeasured('draws', header, [row], falseReports);
    expect(any - 2 * rateError(any, trials)).toBeLessThanOrEqual(0.06);
    expect(lost - 2 * rateError(lost, trials)).toBeLessThanOrEqual(0.06);
  });
});

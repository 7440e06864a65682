import { describe, expect, test } from 'vitest';
import { analyzeResults, type Analysis, type Interval } from '../../../../lib/analysis/index.ts';
import { stream } from '../../../../lib/core/random.ts';
import { options, rowsOf } from '../results.ts';

const trials = 1500;
/** Two standard errors of a rate of 0.95 in so many trials. */
const chance = 2 * Math.sqrt((0.95 * 0.05) / trials);
const rho = 0.7;

/** Errors that are normal, with r = 0.7 between target and reference, target and proxy, and 0 with what is unrelated. */
function simulated(architectures: number, trial: number): Analysis {
  const random = stream(trial, 'coverage', architectures);
  const errors = Array.from({ length: architectures }, () => {
    const target = random.normal();
    const near = () => rho * target + Math.sqrt(1 - rho * rho) * random.normal();
    const size = 0.5 * target + Math.sqrt(0.75) * random.normal();
    return { reference: near(), target, proxy: near(), unrelated: random.normal(), size };
  });
  const further = errors.map(({ size }) => ({ params: Math.exp(size) }));
  const scale = (value: number) => 0.5 + 0.01 * value;
  const rows = (['reference', 'target', 'proxy', 'unrelated'] as const).flatMap((dataset) =>
    rowsOf(
      dataset,
      errors.map((values) => scale(values[dataset])),
      { further },
    ),
  );
  return analyzeResults(rows, options({ bootstrapResamples: 2500, parameters: ['params'], seed: trial }));
}

interface Check {
  name: string;
  truth: number;
  of: (analysis: Analysis) => Interval | null | undefined;
}

const spearmanOf = (r: number) => (6 / Math.PI) * Math.asin(r / 2);
const kendallOf = (r: number) => (2 / Math.PI) * Math.asin(r);
const pair = (analysis: Analysis, b: string) =>
  analysis.correlations.find((found) => found.a === 'reference' && found.b === b)!;
const target = (analysis: Analysis) => analysis.targets.find((found) => found.target === 'target')!;
const comparison = (analysis: Analysis) =>
  analysis.comparisons.find((found) => found.target === 'target' && found.proxy === 'proxy')!;

const checks: Check[] = [
  { name: "Pearson's r = 0.7", truth: rho, of: (analysis) => pair(analysis, 'target').pearsonCi95 },
  { name: "Pearson's r = 0", truth: 0, of: (analysis) => pair(analysis, 'unrelated').pearsonCi95 },
  { name: "Spearman's rho, r = 0.7", truth: spearmanOf(rho), of: (analysis) => pair(analysis, 'target').spearmanCi95 },
  { name: "Spearman's rho, r = 0", truth: 0, of: (analysis) => pair(analysis, 'unrelated').spearmanCi95 },
  { name: 'tau-b, r = 0.7', truth: kendallOf(rho), of: (analysis) => pair(analysis, 'target').kendallTauBCi95 },
  { name: 'tau-b, r = 0', truth: 0, of: (analysis) => pair(analysis, 'unrelated').kendallTauBCi95 },
  { name: 'weighted tau, r = 0', truth: 0, of: (analysis) => pair(analysis, 'unrelated').weightedTauCi95 },
  { name: 'slope', truth: rho, of: (analysis) => target(analysis).linearLine.slopeCi95 },
  { name: 'intercept', truth: 0.5 * (1 - rho), of: (analysis) => target(analysis).linearLine.interceptCi95 },
  { name: 'R2', truth: rho * rho, of: (analysis) => target(analysis).linearLine.r2Ci95 },
  {
    name: 'partial r',
    truth: (rho - 0.25 * rho) / Math.sqrt(0.75 * (1 - (0.5 * rho) ** 2)),
    of: (analysis) => target(analysis).partialPearsonCi95['params'],
  },
];

describe.each([24, 100])('in %i normal samples', (architectures) => {
  const covered = checks.map(() => 0);
  const rejected = { permutation: 0, difference: 0 };
  for (let trial = 0; trial < trials; trial++) {
    const analysis = simulated(architectures, trial);
    checks.forEach(({ truth, of }, index) => {
      const [low, high] = of(analysis)!;
      if (low <= truth && truth <= high) covered[index]!++;
    });
    const unrelated = analysis.targets.find((found) => found.target === 'unrelated')!;
    if (unrelated.pValue! <= 0.05) rejected.permutation++;
    if (comparison(analysis).pValue! <= 0.05) rejected.difference++;
  }
  const rates = covered.map((count) => count / trials);
  const lines = checks.map(({ name }, index) => `${name}: ${rates[index]!.toFixed(3)}`);
  console.log(
    [
      `${architectures} architectures, ${trials} samples: coverage of 95 % intervals, and tests at 5 %`,
      ...lines,
      `permutation test: ${(rejected.permutation / trials).toFixed(3)}`,
      `test of two dependent correlations: ${(rejected.difference / trials).toFixed(3)}`,
    ].join('\n  '),
  );

  test.each(checks.map(({ name }, index) => ({ name, index })))(
    '95 % intervals of $name cover 0.94 or more',
    ({ index }) => {
      expect(rates[index]).toBeGreaterThanOrEqual(0.94 - chance);
    },
  );

  test('permutation tests reject 5 % of unrelated pairs', () => {
    expect(Math.abs(rejected.permutation / trials - 0.05)).toBeLessThan(chance);
  });

  test('tests of two dependent correlations reject about 5 % of equal ones', () => {
    expect(rejected.difference / trials).toBeLessThan(0.06 + chance);
  });
});

import { afterAll, describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { stream } from '../../../../lib/core/random.ts';
import { options, rowsOf } from '../results.ts';
import { percent, recordMeasured } from './measured-table.ts';

// Subsets that change nothing on average: how often they are said to raise or lower the rank correlation.

/** Studies of each kind; fewer give a rougher table sooner. */
const trials = Number(process.env['SOAK_TRIALS'] ?? 400);
const share = 0.6;
const scatter = 0.1;

interface Outcome {
  covered: boolean;
  false: boolean;
}

/** @param lost share of the networks, the worst on each draw, whose runs diverge there */
function outcomeOf(trial: number, n: number, draws: number, gain: number, lost: number): Outcome {
  const random = stream(trial, 'draws', n, draws, gain, lost);
  const target = Array.from({ length: n }, () => random.normal());
  const near = (r: number) => target.map((value) => r * value + Math.sqrt(1 - r * r) * random.normal());
  const rowsFor = (dataset: string, values: readonly number[], further: object, without = 0) => {
    const limit = [...values].sort((a, b) => b - a)[Math.round(without * n) - 1] ?? Infinity;
    return rowsOf(
      dataset,
      values.map((value) => (value >= limit ? null : 0.5 + 0.01 * value)),
      { further: values.map((value) => ({ ...further, outcome: value >= limit ? 'diverged' : 'finished' })) },
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
  const [found] = analyzeResults(rows, options({ bootstrapResamples: 499, seed: trial }), ['subsets']).subsets;
  const [low, high] = found!.differenceCi95!;
  return { covered: low <= 0 && high >= 0, false: found!.verdict !== 'undecided' };
}

const header = ['draws', 'n', 'studies', 'interval covers 0', 'false', 'false, worst 5 % lost', 'finds a loss of 0.3'];
const measured: string[][] = [];
afterAll(() => recordMeasured('draws', header, measured));

describe.each([1, 3, 5])('%i draws whose r scatter by 0.10', (draws) => {
  test.each([24, 60, 150, 500])('of %i networks are said to change r in at most 6 % of the studies', (n) => {
    const rate = (gain: number, lost: number, of: (outcome: Outcome) => boolean) =>
      Array.from({ length: trials }, (_, trial) => of(outcomeOf(trial, n, draws, gain, lost))).filter(Boolean).length /
      trials;
    const covered = rate(0, 0, (outcome) => outcome.covered);
    const lost = rate(0, 0.05, (outcome) => outcome.false);
    const power = rate(-0.3, 0, (outcome) => outcome.false);
    measured.push([
      draws === 1 ? '1 (this draw)' : String(draws),
      String(n),
      ...[covered, 1 - covered, lost, power].map(percent),
    ]);
    const chance = 3 * Math.sqrt((0.06 * 0.94) / trials);
    expect(1 - covered).toBeLessThanOrEqual(0.06 + chance);
    expect(lost).toBeLessThanOrEqual(0.06 + chance);
  });
});

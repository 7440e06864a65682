import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { AnalysisProgress } from '../../../commands/terminal/analysis-progress.ts';

/** What is shown when a share of the work is done at each of some times, in milliseconds. */
function shown(isTTY: boolean, ...steps: [time: number, done: number][]): string {
  const output = Object.assign(new PassThrough(), { isTTY });
  let now = 0;
  const progress = new AnalysisProgress(output as unknown as NodeJS.WriteStream, () => now);
  for (const [time, done] of steps) {
    now = time;
    progress.show(done);
  }
  progress.end();
  return String(output.read() ?? '');
}

test('an analysis of less than two seconds shows nothing', () => {
  expect(shown(true, [500, 0.5], [1000, 1])).toBe('');
});

test('a longer one shows its progress and time left on a terminal, and clears them at the end', () => {
  expect(shown(true, [1000, 0.1], [5000, 0.5], [10_000, 1])).toBe(
    ['analysis: 50 %, 5 s left', 'analysis: 100 %, 0 s left']
      .map((line) => `\r${line}\u001b[K`)
      .concat('\r\u001b[K')
      .join(''),
  );
});

test('the start of its threads does not count as work', () => {
  expect(shown(false, [1000, 0.0004], [1001, 0.01], [2000, 0.1004], [12_000, 0.9])).toBe(
    ['analysis: 10 %, 9 s left', 'analysis: 90 %, 1 s left', ''].join('\n'),
  );
});

test('without a terminal, progress is an occasional line', () => {
  const steps = [1, 2, 3, 12, 13, 24].map((seconds): [number, number] => [1000 * seconds, seconds / 400]);
  expect(shown(false, ...steps)).toBe(
    ['analysis: 0 %, 7 min left', 'analysis: 3 %, 6 min left', 'analysis: 6 %, 6 min left', ''].join('\n'),
  );
});

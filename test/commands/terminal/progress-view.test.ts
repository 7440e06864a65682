import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { describeWhole, progressView } from '../../../commands/terminal/progress-view.ts';
import { statusText } from '../../../commands/terminal/status-text.ts';
import { withTotals, type StudyStanding } from '../../../control/status.ts';

const status = (finished: number, changes: Partial<StudyStanding> = {}) =>
  withTotals({
    studyId: 'quickstart',
    state: 'running',
    stage: 'training',
    datasets: [
      {
        dataset: 'fashion-mnist/5-classes',
        total: 24,
        finished,
        reused: 2,
        diverged: 0,
        failed: 1,
        hold: null,
        failures: null,
        running: [
          {
            name: 'train arch-003',
            attempt: 1,
            lastFailure: null,
            progress: { epoch: 1, epochs: 2, step: 3, stepsPerEpoch: 10, imagesPerSecond: 812.4, loss: 0.5 },
          },
        ],
      },
    ],
    failure: null,
    instructions: [],
    secondsLeft: 75,
    retries: [],
    ...changes,
  });

const shownOn = (isTTY: boolean, show: (output: PassThrough) => void): string => {
  const output = Object.assign(new PassThrough(), { isTTY, columns: 160, rows: 24 });
  show(output);
  return String(output.read() ?? '');
};

const uncoloured = (text: string) =>
  text.replaceAll('\u001b[31m', '').replaceAll('\u001b[33m', '').replaceAll('\u001b[39m', '');

beforeAll(() => void vi.stubEnv('NO_COLOR', ''));
afterAll(() => void vi.unstubAllEnvs());

describe('progress on a terminal', () => {
  test('has a bar for each dataset with runs done and failed, and the time left', () => {
    const text = shownOn(true, (output) => {
      const view = progressView(output);
      view.update(status(9));
      view.stop();
    });
    expect(text).toContain('fashion-mnist/5-classes');
    expect(uncoloured(text)).toContain('12/24 runs, 1 failed, 2 reused, 812 images/s');
    expect(text).toContain('\u001b[31m1 failed\u001b[39m');
    expect(text).toContain('training, 812 images/s, 1 min 15 s left');
  });
});

test('bars of 80 columns leave out the least important parts', () => {
  const text = shownOn(true, (output) => {
    const view = progressView(Object.assign(output, { columns: 80 }));
    view.update(status(9, { datasets: [{ ...status(9).datasets[0]!, diverged: 3, dataset: 'a'.repeat(40) }] }));
    view.stop();
  });
  const [bar] = uncoloured(text).split('\n');
  expect(bar).toMatch(/aaa… █+░+ 15\/24 runs, 1 failed, 3 diverged\b(?!,)/);
});

test('steps that wait for another attempt are shown, with the failure, instead of a time left', () => {
  const lost = 'The store s3://mine failed: NoSuchBucket: \u001b[2J gone';
  const retries = [1, 2].map((run) => ({ what: `train arch-00${run} on mnist`, attempt: 4, lastFailure: lost }));
  const [dataset] = status(9).datasets;
  const stuck = status(9, { retries, datasets: [{ ...dataset!, running: [] }] });
  expect(describeWhole(stuck)).toBe(
    'training, 2 waiting for another attempt after: The store s3://mine failed: NoSuchBucket: \\u{1b}[2J gone',
  );
  expect(statusText(stuck)).toContain(
    '  2 steps, e.g. train arch-001 on mnist, wait for another attempt (number 4) after: The store s3://mine failed',
  );
});

test('a failure is one line of a status, however long its message is', () => {
  const lastFailure = `the trainer ended with exit code 1: no such model; its last output:\n${'Traceback\n'.repeat(400)}`;
  const text = statusText(status(9, { retries: [{ what: 'train a on mnist', attempt: 2, lastFailure }] }));
  const [whole, line] = text.split('\n').filter((part) => part.includes('exit code 1'));
  expect(whole).toMatch(/after: the trainer ended with exit code 1: no such model$/);
  expect(line).toMatch(/after: the trainer ended with exit code 1: no such model; .*… \(--json has all of it\)$/);
  expect(line!.length).toBeLessThan(400);
});

test('several datasets have a bar for all of them, with the time that has passed', () => {
  const two = status(9, { datasets: ['mnist', 'cifar10'].map((dataset) => ({ ...status(9).datasets[0]!, dataset })) });
  const text = shownOn(true, (output) => {
    const view = progressView(output);
    view.update(two);
    view.stop();
  });
  expect(uncoloured(text)).toMatch(/all +\S+ 24\/48 runs, 2 failed, 4 reused/);
  expect(text).toContain('0 s elapsed');
});

describe('progress of more datasets than can be shown', () => {
  const many = status(9, {
    datasets: Array.from({ length: 40 }, (_, index) => ({ ...status(9).datasets[0]!, dataset: `draw-${index}` })),
  });

  test.each([true, false])('has one entry for all of them (on a terminal: %s)', (isTTY) => {
    const text = shownOn(isTTY, (output) => {
      const view = progressView(output);
      view.update(many);
      view.stop();
    });
    expect(text).toMatch(/40 datasets .*480\/960/);
    expect(uncoloured(text)).toContain('40 failed, 80 reused');
    expect(text).not.toContain('draw-');
  });
});

describe('progress elsewhere', () => {
  test('is a line at each new stage, and not one for every status', () => {
    const text = shownOn(false, (output) => {
      const view = progressView(output);
      view.update(status(0, { stage: 'preparing' }));
      view.update(status(1));
      view.update(status(2));
      view.stop();
    });
    expect(text.trimEnd().split('\n')).toEqual([
      'preparing, 812 images/s, 1 min 15 s left, fashion-mnist/5-classes 3/24 (1 failed, 2 reused)',
      'training, 812 images/s, 1 min 15 s left, fashion-mnist/5-classes 4/24 (1 failed, 2 reused)',
    ]);
  });
});

test('progress that cannot be drawn is no longer shown, and does no other harm', () => {
  const output = new PassThrough();
  const view = progressView(output);
  output.write = () => {
    throw new Error('write EIO');
  };
  const told = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  try {
    view.update(status(3));
    view.update(status(4));
    view.stop();
    expect(told.mock.calls).toEqual([['Progress is no longer shown: write EIO\n']]);
  } finally {
    told.mockRestore();
  }
});

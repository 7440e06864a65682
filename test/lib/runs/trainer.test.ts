import { expect, test } from 'vitest';
import { EngineUnavailableError, onceReady, type RunTask, type Trainer } from '../../../lib/runs/trainer.ts';

const task = {} as RunTask;

/** A trainer that counts what it is asked to do. */
function counting(): { trainer: Trainer; done: string[] } {
  const done: string[] = [];
  const work = (what: string) => () => Promise.reject(new Error(String(done.push(what))));
  return { done, trainer: { engine: 'e', runTraining: work('trained'), runEvaluation: work('tested') } };
}

test('a machine is made ready once, when the first run arrives; a run that gives up does not stop this for others', async () => {
  const { trainer, done } = counting();
  let finish = () => {};
  const signals: AbortSignal[] = [];
  const lazy = onceReady(trainer, (signal) => {
    signals.push(signal);
    return new Promise((resolve) => (finish = resolve));
  });
  expect(lazy.engine).toBe('e');
  expect(signals).toEqual([]);
  const impatient = new AbortController();
  const runs = [
    lazy.runTraining(task, { signal: impatient.signal }),
    lazy.runTraining(task),
    lazy.runEvaluation(task, 'weights.bin'),
  ];
  impatient.abort(new Error('cancelled'));
  await expect(runs[0]).rejects.toThrow('cancelled');
  expect(done).toEqual([]);
  finish();
  await Promise.allSettled(runs);
  await lazy.runTraining(task).catch(() => undefined);
  expect(done).toEqual(['trained', 'tested', 'trained']);
  expect(signals).toHaveLength(1);
  expect(signals[0]!.aborted).toBe(false);
});

test('a machine that cannot be made ready refuses the run, and tries again with the next one', async () => {
  const { trainer, done } = counting();
  let attempts = 0;
  const lazy = onceReady(trainer, () =>
    attempts++ === 0 ? Promise.reject(new EngineUnavailableError('no TensorFlow')) : Promise.resolve(),
  );
  await expect(lazy.runTraining(task)).rejects.toMatchObject({ category: 'unsuitable-worker' });
  expect(done).toEqual([]);
  await lazy.runTraining(task).catch(() => undefined);
  expect(done).toEqual(['trained']);
});

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openPreparedDataset } from '../../datasets/prepared-dataset.ts';
import { classifyFailure, TrainingFailure } from '../failures.ts';
import { orderSchema, pauseSchema, type Order, type Report, type TrainingTask } from './messages.ts';

/**
 * A training process: it is sent one order, reports while it works, and ends. Without its parent it ends itself: its channel
 * closes, which is noticed between two steps; a thread watches while a step is long.
 */
process.once('disconnect', () => process.exit(1));
process.once('message', (message) => {
  process.on('message', (later) => {
    pauseSchema.parse(later);
    isPausing = true;
  });
  void carryOut(orderSchema.parse(message));
});
new Worker(new URL('orphan-watch.cjs', import.meta.url)).unref();

/** Whether the training is to end after the epoch that it is in. */
let isPausing = false;

async function carryOut(order: Order): Promise<void> {
  try {
    await report(order.kind === 'train' ? await train(order.task) : await evaluate(order.task, order.weightsFile));
    process.exit(0);
  } catch (error) {
    const { kind, message } = classifyFailure(error);
    await report({ kind: 'failed', failure: kind, message });
    process.exit(1);
  }
}

/** Sends a report and waits until it has left. */
function report(message: Report): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, undefined, undefined, (error) => (error ? reject(error) : resolve()));
  });
}

/** A report that nobody waits for; one that cannot leave means that the parent is gone. */
function send(message: Report): void {
  process.send?.(message, undefined, undefined, (error) => {
    if (error) process.exit(1);
  });
}

async function train(task: TrainingTask): Promise<Report> {
  const versions = await startTensorFlow(task);
  const { trainNetwork } = await import('../trainer.ts');
  const dataset = await openPreparedDataset(task.datasetDirectory);
  const start = performance.now();
  try {
    const result = await trainNetwork(task, dataset, {
      onProgress: (progress) => send({ kind: 'progress', progress }),
      onLog: (line) => send({ kind: 'log', line }),
      onCheckpoint: (checkpoint) => send({ kind: 'checkpoint', checkpoint }),
      isPausing: () => isPausing,
    });
    return {
      kind: 'trained',
      result: {
        ...result,
        versions,
        trainingSeconds: (performance.now() - start) / 1000,
        eventsDirectory: task.tensorBoard ? join(task.workDirectory, 'events') : null,
      },
    };
  } finally {
    await dataset.close();
  }
}

async function evaluate(task: TrainingTask, weightsFile: string): Promise<Report> {
  const versions = await startTensorFlow(task);
  const [{ openTrainingSession }, { describeDataset, taskLayers }, { evaluateSplit }, { readState }] =
    await Promise.all([
      import('../tensorflow-session.ts'),
      import('../trainer.ts'),
      import('../evaluation.ts'),
      import('../state-file.ts'),
    ]);
  const dataset = await openPreparedDataset(task.datasetDirectory);
  const start = performance.now();
  const directory = join(task.workDirectory, 'evaluation-graph');
  try {
    const description = describeDataset(dataset);
    const { protocol } = task;
    const session = await openTrainingSession({
      layers: taskLayers(task, description),
      protocol,
      dataset: description,
      directory,
      purpose: 'evaluation',
    });
    const { state } = await readState(weightsFile);
    session.restore(withoutMomentum(state));
    const validation = await evaluateSplit(session, dataset, 'validation', protocol.batchSize);
    const test = await evaluateSplit(session, dataset, 'test', protocol.batchSize);
    if (test === null) throw new TrainingFailure('damaged-data', `${task.datasetDirectory} has no test images`);
    session.close();
    const evaluationSeconds = (performance.now() - start) / 1000;
    return { kind: 'evaluated', result: { validation, test, evaluationSeconds, versions } };
  } finally {
    await rm(directory, { recursive: true, force: true });
    await dataset.close();
  }
}

/** Stored weights as a whole state: with the momentum, which testing does not use, at zero. */
function withoutMomentum(weights: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> {
  const state = new Map(weights);
  for (const [name, values] of weights)
    if (/\.(weight|bias)$/.test(name)) state.set(`${name}/momentum`, new Float32Array(values.length));
  return state;
}

/** Loads TensorFlow and says in one line what this process computes with. */
async function startTensorFlow({ device, protocol }: TrainingTask): Promise<Record<string, string>> {
  const { checkBackend } = await import('../backend.ts');
  const versions = checkBackend(device, protocol);
  send({
    kind: 'log',
    line: `computing on ${versions['device']}, TensorFlow ${versions['tensorflow']}, ${protocol.precision}${protocol.xla ? ', XLA' : ''}`,
  });
  return versions;
}

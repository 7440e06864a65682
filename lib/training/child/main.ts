import { Worker } from 'node:worker_threads';
import { tensorflowFolder } from '../../native/environment.ts';
import { openBackend } from '../backend.ts';
import type { Device } from '../device.ts';
import { classifyFailure } from '../failures.ts';
import { goldenDifferences } from '../golden.ts';
import { stepRate } from '../step-rate.ts';
import { tensorflow } from '../tensorflow-binding.ts';
import { trainNetwork } from '../trainer.ts';
import { evaluateStoredWeights } from '../stored-weights.ts';
import type { RunningTask } from '../running-task.ts';
import { orderSchema, pauseSchema, type Order, type Report, type StepsTask, type TrainingTask } from './messages.ts';

/**
 * A training process: it loads what it needs, receives one order, reports while it works, and ends. It also ends if its parent does:
 * between steps it notices that its channel has closed, and during long steps a thread watches.
 */
process.once('disconnect', () => process.exit(1));
process.once('message', (message) => {
  process.on('message', (later) => {
    pauseSchema.parse(later);
    isPausing = true;
  });
  void carryOut(orderSchema.parse(message));
});
new Worker(new URL('orphan-watch.cjs', import.meta.url), { workerData: process.ppid }).unref();
void load(process.argv[2] as Device['kind']).catch(() => {
  // The order will fail for the same reason, and its report says so.
});

/**
 * Loads what is slow to load before the order arrives. On a GPU this excludes the binding: as it loads, it would claim the GPU memory that
 * the current training needs, and could use no more later than was free then (`BaseGPUDeviceFactory::CreateDevices`). The library accounts
 * for nearly all of the binding's load time anyway.
 */
async function load(kind: Device['kind']): Promise<void> {
  if (kind === 'cpu') return void tensorflow();
  const { loadLibrary } = await import('../../native/tensorflow-library.ts');
  loadLibrary(tensorflowFolder());
}

/** Whether the training should end after its current epoch. */
let isPausing = false;

async function carryOut(order: Order): Promise<void> {
  try {
    await report(await answerTo(order));
  } catch (error) {
    const { kind, message } = classifyFailure(error);
    await report({ kind: 'failed', failure: kind, message });
  }
  // Nothing is left to do or to tidy up, and an orderly exit would take TensorFlow a tenth of a second.
  process.kill(process.pid, 'SIGKILL');
}

function answerTo(order: Order): Promise<Report> {
  switch (order.kind) {
    case 'train':
      return train(order.task);
    case 'evaluate':
      return evaluate(order.task, order.weightsFile);
    case 'compare':
      return compare(order.device, order.goldenCases);
    case 'measure':
      return measure(order.task);
  }
}

/** Sends a report and waits until it is sent. */
function report(message: Report): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, undefined, undefined, (error) => (error ? reject(error) : resolve()));
  });
}

/** Sends a report without waiting for it. If it cannot be sent, the parent is gone. */
function send(message: Report): void {
  process.send?.(message, undefined, undefined, (error) => {
    if (error) process.exit(1);
  });
}

async function train(task: TrainingTask): Promise<Report> {
  const { running, versions } = await start(task);
  const result = await trainNetwork(running, {
    onProgress: (progress) => send({ kind: 'progress', progress }),
    onLog: (line) => send({ kind: 'log', line }),
    onCheckpoint: (checkpoint) => send({ kind: 'checkpoint', checkpoint }),
    isPausing: () => isPausing,
  });
  return { kind: 'trained', result: { ...result, versions } };
}

async function evaluate(task: TrainingTask, weightsFile: string): Promise<Report> {
  const { running, versions } = await start(task);
  return { kind: 'evaluated', result: { ...(await evaluateStoredWeights(running, weightsFile)), versions } };
}

async function compare(device: Device, goldenCases: unknown): Promise<Report> {
  const { versions } = await openBackend(device, { precision: 'float32' });
  return { kind: 'compared', differences: await goldenDifferences(goldenCases), versions };
}

async function measure(task: StepsTask): Promise<Report> {
  const { versions } = await openBackend(task.device, task);
  return { kind: 'measured', imagesPerSecond: await stepRate(task), versions };
}

/** Opens the task's device and logs one line about what this process computes with. */
async function start(task: TrainingTask): Promise<{ running: RunningTask; versions: Record<string, string> }> {
  const { allowedPrecisions, ...protocol } = task.protocol;
  const { precision, versions } = await openBackend(task.device, { ...protocol, allowedPrecisions });
  const { device, tensorflow: version } = versions;
  send({
    kind: 'log',
    line: `computing on ${device}, TensorFlow ${version}, ${precision}${protocol.xla ? ', XLA' : ''}`,
  });
  return { running: { ...task, protocol: { ...protocol, precision } }, versions };
}

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tensorflowEnvironment } from '../../lib/native/index.ts';
import { allocatorEnvironment, deviceEnvironment } from '../../lib/training/device.ts';

/** The work of a benchmark process. */
export type ProcessOrder =
  | { kind: 'prepare'; dataRoot: string; directory: string }
  | { kind: 'train'; dataset: string; resident: boolean; directory: string };

export interface ProcessResult {
  seconds: number;
  /** Peak resident set size. */
  peakBytes: number;
  /** Speed in the last epoch of a training; 0 for a preparation. */
  imagesPerSecond: number;
}

/** Carries out an order in a separate process. */
export async function inProcess(order: ProcessOrder): Promise<ProcessResult> {
  const script = fileURLToPath(new URL('child.ts', import.meta.url));
  const training = {
    ...allocatorEnvironment,
    ...(await tensorflowEnvironment()),
    ...deviceEnvironment(process.env, { kind: 'cpu', threads: 2 }, { precision: 'float32', xla: false }),
  };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), script, JSON.stringify(order)],
    { env: { ...process.env, ...(order.kind === 'train' ? training : {}) } },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as ProcessResult;
}

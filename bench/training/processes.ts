import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { tensorflowEnvironment } from '../../lib/native/index.ts';
import type { Precision } from '../../lib/training/protocol.ts';
import { allocatorEnvironment, deviceEnvironment } from '../../lib/training/device.ts';
import type { Network } from './networks.ts';
import type { Peak } from './roofline.ts';

export interface StepsOrder {
  network: Network;
  batch: number;
  /** Steps before the clock starts. */
  warmUp: number;
  steps: number;
  precision: Precision;
  threads: number;
  /** Folder of a prepared dataset to train on; absent for normalized random images. */
  dataset?: string;
  /** PyTorch's GPU; absent for the CPU. */
  gpu?: number;
}

export interface StepsResult {
  imagesPerSecond: number;
  /** Peak resident set size of the process. */
  peakBytes: number;
}

/** Ways of training in PyTorch: layouts of images and filters in memory, eager or compiled. */
export const peerWays = {
  'channels last': { memoryFormat: 'channels_last', compiled: false },
  contiguous: { memoryFormat: 'contiguous_format', compiled: false },
  'channels last, compiled': { memoryFormat: 'channels_last', compiled: true },
  'contiguous, compiled': { memoryFormat: 'contiguous_format', compiled: true },
} as const;

export type PeerWay = keyof typeof peerWays;

export interface PeerResult extends StepsResult {
  firstStepSeconds: number;
}

/** Trains in a separate process with the same environment as a study's training on that many threads. */
export const trainSteps = (order: StepsOrder): Promise<StepsResult> =>
  measured('steps.ts', [JSON.stringify(order)], order) as Promise<StepsResult>;

/** Measures the peak rates of this machine with that many threads. */
export const peakRates = (threads: number): Promise<Peak> =>
  measured('peak.ts', [], { threads, precision: 'float32' }) as Promise<Peak>;

/** Runs a script of this folder in an environment for training, and returns the last line that it prints. */
async function measured(
  script: string,
  parameters: string[],
  { threads, precision }: Pick<StepsOrder, 'threads' | 'precision'>,
): Promise<unknown> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await printed(process.execPath, ['--import', import.meta.resolve('tsx'), path, ...parameters], {
    ...allocatorEnvironment,
    ...(await tensorflowEnvironment()),
    ...deviceEnvironment({}, { kind: 'cpu', threads }, { precision, xla: false }),
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as unknown;
}

/**
 * Does the same in PyTorch: float32, or bfloat16 by autocast. If compiled, the warm-up has at least three steps, the first of which
 * compiles.
 * @returns undefined if PyTorch crashes, as it does in channels-last strided 1x1 convolutions with few channels
 */
export async function peerSteps(python: string, order: StepsOrder, way: PeerWay): Promise<PeerResult | undefined> {
  const script = fileURLToPath(new URL('../pytorch-peer.py', import.meta.url));
  const warmUp = peerWays[way].compiled ? Math.max(3, order.warmUp) : order.warmUp;
  try {
    const { stdout, firstLineSeconds } = await printed(
      python,
      [script, JSON.stringify({ ...order, ...peerWays[way], warmUp })],
      {},
    );
    const result = JSON.parse(stdout.trim().split('\n').at(-1) as string) as StepsResult;
    return { ...result, firstStepSeconds: firstLineSeconds };
  } catch (error) {
    if (error instanceof Crash) return undefined;
    throw error;
  }
}

/** A process that was ended by a signal. */
class Crash extends Error {}

/** Runs a program, and returns its output and the seconds from its start to its first line. */
async function printed(
  program: string,
  parameters: string[],
  variables: NodeJS.ProcessEnv,
): Promise<{ stdout: string; firstLineSeconds: number }> {
  const start = performance.now();
  const child = spawn(program, parameters, {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr, firstLineSeconds] = ['', '', NaN];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (stdout === '') firstLineSeconds = (performance.now() - start) / 1000;
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...end) => resolve(end));
  });
  if (signal !== null) throw new Crash(`${program} was ended by ${signal}`);
  if (code !== 0) throw new Error(`${program} ended with code ${String(code)}: ${stderr.slice(-2000)}`);
  return { stdout, firstLineSeconds };
}

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { tensorflowEnvironment } from '../../lib/native/index.ts';
import type { Precision } from '../../lib/training/protocol.ts';
import { allocatorEnvironment, deviceEnvironment } from '../../lib/training/device.ts';
import type { Network } from './networks.ts';

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
  /** The peer's GPU; absent for the CPU. */
  gpu?: number;
}

export interface StepsResult {
  imagesPerSecond: number;
  /** Peak resident set size of the process. */
  peakBytes: number;
}

/** How the peer lays out a network's images and filters in memory. */
export type MemoryFormat = 'channels_last' | 'contiguous_format';

export interface PeerResult extends StepsResult {
  memoryFormat: MemoryFormat;
  firstStepSeconds: number;
}

/** Trains in a separate process with the same environment as a study's training on that many threads. */
export async function trainSteps(order: StepsOrder): Promise<StepsResult> {
  const script = fileURLToPath(new URL('steps.ts', import.meta.url));
  const { stdout } = await printed(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), script, JSON.stringify(order)],
    {
      ...allocatorEnvironment,
      ...(await tensorflowEnvironment()),
      ...deviceEnvironment({}, { kind: 'cpu', threads: order.threads }, { precision: order.precision, xla: false }),
    },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as StepsResult;
}

/**
 * The same in PyTorch: float32, or bfloat16 by autocast. Channels come last, which is the faster layout, unless PyTorch crashes with
 * it, as it does in strided 1x1 convolutions with few channels.
 */
export async function peerSteps(python: string, order: StepsOrder): Promise<PeerResult> {
  const script = fileURLToPath(new URL('../pytorch-peer.py', import.meta.url));
  const run = async (memoryFormat: MemoryFormat): Promise<PeerResult> => {
    const { stdout, firstLineSeconds } = await printed(
      python,
      [script, JSON.stringify({ ...order, memoryFormat })],
      {},
    );
    const { imagesPerSecond, peakBytes } = JSON.parse(stdout.trim().split('\n').at(-1) as string) as PeerResult;
    return { imagesPerSecond, peakBytes, memoryFormat, firstStepSeconds: firstLineSeconds };
  };
  try {
    return await run('channels_last');
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    return run('contiguous_format');
  }
}

/** A process that was ended by a signal. */
class Crash extends Error {}

/** What a program prints, and the seconds from its start to its first line. */
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

import { createRequire } from 'node:module';
import { operationsVariable } from '../native/environment.ts';
import { computeType } from './graph/precision.ts';
import type { RunningProtocol } from './protocol.ts';
import { tensorflow } from './tensorflow-binding.ts';

/** Whether this process has this project's own operations, or why not. */
export type NativeOperations = { available: true } | { available: false; reason: string };

let loaded: NativeOperations | undefined;

/**
 * Loads this project's own operations into TensorFlow on the first call. The variable with their path is empty in a process for a GPU, and
 * absent on a machine on which they could not be compiled.
 */
export function nativeOperations(): NativeOperations {
  return (loaded ??= load(process.env[operationsVariable]));
}

function load(path: string | undefined): NativeOperations {
  if (path === undefined || path === '') return { available: false, reason: 'not installed' };
  tensorflow();
  try {
    createRequire(import.meta.url)(path);
    return { available: true };
  } catch (error) {
    return { available: false, reason: (error as Error).message.split('\n')[0]! };
  }
}

/** Whether a training in this process uses them: in float32 and bfloat16, but not with XLA, which compiles only TensorFlow's operations. */
export const usesOwnOperations = ({ precision, xla }: Pick<RunningProtocol, 'precision' | 'xla'>): boolean =>
  !xla && computeType(precision) !== 'float16' && nativeOperations().available;

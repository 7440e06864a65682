import { bindingPart } from './binding.ts';
import { ensurePart, type CacheOptions } from './cache.ts';
import { accelerator, supportedPlatform } from './platform.ts';
import { operationsPart } from './operations.ts';
import type { NativePart } from './part.ts';
import { SetupError } from './setup-error.ts';
import { tensorflowPart } from './tensorflow.ts';
import { temporalBinary } from './temporal.ts';

export { ensurePart, type CacheOptions } from './cache.ts';
export { tensorflowEnvironment } from './environment.ts';
export type { NativePart, PartProgress } from './part.ts';
export { ProgressLines } from './progress-lines.ts';
export { SetupError } from './setup-error.ts';
export { temporalBinary } from './temporal.ts';

/**
 * Installs the native parts that the per-user cache lacks. If all are installed, it takes a few milliseconds. Safe to kill at any point,
 * and to run concurrently.
 * @throws SetupError naming what is missing on this machine, and the command that installs it
 */
export async function ensureNativeParts({
  parts,
  ...options
}: CacheOptions & { parts: readonly NativePart[] }): Promise<void> {
  const platform = supportedPlatform();
  if (parts.includes('tensorflow')) {
    const tensorflow = await ensurePart(tensorflowPart(platform, accelerator(platform)), options);
    await ensurePart(await bindingPart(tensorflow), options);
    await ensureOperations(tensorflow, options);
  }
  if (parts.includes('temporal')) await temporalBinary(options);
}

/** Installs this project's operations; if that is impossible, trainings run without them. */
async function ensureOperations(tensorflow: string, options: CacheOptions): Promise<void> {
  const part = await operationsPart(tensorflow);
  try {
    await ensurePart(part, options);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    const [reason] = error.message.split('\n') as [string];
    options.onProgress?.({ part: part.title, activity: { state: 'omitted', reason } });
  }
}

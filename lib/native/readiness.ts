import { join } from 'node:path';
import { userCache } from '../core/files/user-cache.ts';
import { bindingPart } from './binding.ts';
import { isComplete } from './completion.ts';
import { operationsPart } from './operations.ts';
import type { NativePart, Part } from './part.ts';
import { accelerator, supportedPlatform } from './platform.ts';
import { tensorflowPart } from './tensorflow.ts';
import { temporalPart } from './temporal.ts';
import { findOnPath } from './tools.ts';

/** The titles of the native parts, by their state on this machine. */
export interface Readiness {
  ready: string[];
  missing: string[];
  /** Also missing, but trainings work without them, only slower. */
  slower: string[];
}

/**
 * Checks which native parts are installed, without installing any.
 * @param wanted the parts to check
 * @throws SetupError if they do not work on this machine
 */
export async function nativeReadiness(
  cache: string = userCache(),
  wanted: readonly NativePart[] = ['tensorflow', 'temporal'],
): Promise<Readiness> {
  const platform = supportedPlatform();
  const tensorflow = tensorflowPart(platform, accelerator(platform));
  const binding = await bindingPart(join(cache, tensorflow.folder));
  const isThere = ({ folder }: Part) => isComplete(join(cache, folder));
  const temporal = temporalPart(platform);
  const ownTemporal = findOnPath(['temporal']);
  const byName: Record<NativePart, [title: string, isThere: boolean][]> = {
    tensorflow: [
      [tensorflow.title, await isThere(tensorflow)],
      [binding.title, await isThere(binding)],
    ],
    temporal: [
      ownTemporal === undefined ? [temporal.title, await isThere(temporal)] : [`Temporal (${ownTemporal})`, true],
    ],
  };
  const parts = wanted.flatMap((part) => byName[part]);
  const titles = (areThere: boolean) => parts.flatMap(([title, there]) => (there === areThere ? [title] : []));
  if (!wanted.includes('tensorflow')) return { ready: titles(true), missing: titles(false), slower: [] };
  const operations = await operationsPart(join(cache, tensorflow.folder));
  const [ready, slower] = (await isThere(operations)) ? [[operations.title], []] : [[], [operations.title]];
  return { ready: [...titles(true), ...ready], missing: titles(false), slower };
}

import { join } from 'node:path';
import { userCache } from '../core/files/user-cache.ts';
import { bindingPart } from './binding.ts';
import { isComplete } from './completion.ts';
import { operationsPart } from './operations.ts';
import type { Part } from './part.ts';
import { accelerator, supportedPlatform } from './platform.ts';
import { tensorflowPart } from './tensorflow.ts';
import { temporalPart } from './temporal.ts';
import { findOnPath } from './tools.ts';

/** The native parts by name, as they are on this machine. */
export interface Readiness {
  ready: string[];
  missing: string[];
  /** Missing, too, but trainings work without it, only slower. */
  slower: string[];
}

/**
 * Checks which native parts are installed, without installing any.
 * @throws SetupError if they do not work on this machine
 */
export async function nativeReadiness(cache: string = userCache()): Promise<Readiness> {
  const platform = supportedPlatform();
  const tensorflow = tensorflowPart(platform, accelerator(platform));
  const binding = await bindingPart(join(cache, tensorflow.folder));
  const isThere = ({ folder }: Part) => isComplete(join(cache, folder));
  const temporal = temporalPart(platform);
  const ownTemporal = findOnPath(['temporal']);
  const parts = [
    [tensorflow.title, await isThere(tensorflow)],
    [binding.title, await isThere(binding)],
    ownTemporal === undefined ? [temporal.title, await isThere(temporal)] : [`Temporal (${ownTemporal})`, true],
  ] as [string, boolean][];
  const titles = (wanted: boolean) => parts.flatMap(([title, there]) => (there === wanted ? [title] : []));
  const operations = await operationsPart(join(cache, tensorflow.folder));
  const [ready, slower] = (await isThere(operations)) ? [[operations.title], []] : [[], [operations.title]];
  return { ready: [...titles(true), ...ready], missing: titles(false), slower };
}

import { join } from 'node:path';
import { bundledModules } from '../../core/files/bundled-modules.ts';

let bundled: Promise<string> | undefined;

/** The training process: path of a module that Node starts without a loader. Bundled once a process. */
export function childModule(): Promise<string> {
  return (bundled ??= bundledModules({
    name: 'training-child',
    entries: ['main.ts', 'orphan-watch.ts'].map((name) => new URL(name, import.meta.url)),
    external: ['@tensorflow/tfjs-node-gpu', 'koffi'],
  }).then((folder) => join(folder, 'main.cjs')));
}

import { bundledModules, type Bundle } from '../../core/files/bundled-modules.ts';

/** The training process, and the thread that watches over it. */
export const childBundle: Bundle = {
  name: 'training-child',
  entries: [new URL('main.ts', import.meta.url), new URL('orphan-watch.ts', import.meta.url)],
  platform: 'node',
  external: ['koffi'],
};

/** Returns the path of the training process's module, which Node starts without a loader. */
export const childModule = (): Promise<string> => bundledModules(childBundle);

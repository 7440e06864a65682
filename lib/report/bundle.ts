import { readFile } from 'node:fs/promises';
import { bundledModules, type Bundle } from '../core/files/bundled-modules.ts';

/** The scripts of pages. */
export const pageBundles = {
  report: { name: 'report-page', entries: [new URL('page/report.ts', import.meta.url)], platform: 'browser' },
  live: { name: 'live-page', entries: [new URL('page/live.ts', import.meta.url)], platform: 'browser' },
} satisfies Record<string, Bundle>;

/** Returns a script of `page/` with all its imports, as one classic script. */
export async function pageScript(name: keyof typeof pageBundles): Promise<string> {
  const script = await readFile(await bundledModules(pageBundles[name]), 'utf8');
  // A script element would end at this text.
  return script.trim().replaceAll('</script', '<\\/script');
}

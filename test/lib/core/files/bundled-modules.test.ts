import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import koffi from 'koffi';
import { expect, onTestFinished, test, vi } from 'vitest';
import { bundledModules } from '../../../../lib/core/files/bundled-modules.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

test("a bundle lies in the user's cache, as the checkout may be another's, and finds the packages of the checkout", async () => {
  const folder = await temporaryFolder();
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  onTestFinished(() => void vi.unstubAllEnvs());
  const entry = join(folder, 'entry.ts');
  await writeFile(entry, `import koffi from 'koffi';\nconsole.log(koffi.version);\n`);
  const bundle = () => bundledModules({ name: 'probe', entries: [pathToFileURL(entry)], external: ['koffi'] });
  const [bundled, again] = await Promise.all([bundle(), bundle()]);
  expect(again).toBe(bundled);
  expect(bundled.startsWith(join(folder, 'cache', 'beyond-imagenet', 'probe'))).toBe(true);
  const { stdout } = await promisify(execFile)(process.execPath, [join(bundled, 'entry.cjs')]);
  expect(stdout).toBe(`${koffi.version}\n`);
});

import { execFile } from 'node:child_process';
import { readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import koffi from 'koffi';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { bundledModules, compileBundle, type Bundle } from '../../../../lib/core/files/bundled-modules.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

let folder: string;
/** Each process has its own. */
let bundle: () => Bundle;
beforeEach(async () => {
  folder = await temporaryFolder();
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  onTestFinished(() => void vi.unstubAllEnvs());
  const names = ['entry.ts', 'other.ts'].map((name) => join(folder, name));
  const program = `import koffi from 'koffi';\nconsole.log(koffi.version, new URL('other.cjs', import.meta.url).pathname);\n`;
  for (const name of names) await writeFile(name, program);
  // The packages are found from where the entries are, not from where the bundle is.
  const entries = names.map((name) => pathToFileURL(name));
  bundle = () => ({ name: 'probe', entries, platform: 'node', external: ['koffi'] });
});

const packages = () => join(import.meta.dirname, '../../../../node_modules');
const output = async (module: string) => (await promisify(execFile)(process.execPath, [module])).stdout;

test("a bundle is kept in the user's cache, since the checkout may be another user's, and finds the packages of the checkout", async () => {
  await symlink(packages(), join(folder, 'node_modules'));
  const [bundled, again] = await Promise.all([bundledModules(bundle()), bundledModules(bundle())]);
  expect(again).toBe(bundled);
  expect(bundled.startsWith(join(folder, 'cache', 'beyond-imagenet', 'bundles', 'probe-'))).toBe(true);
  expect(await output(bundled)).toBe(`${koffi.version} ${join(bundled, '../other.cjs')}\n`);
  expect((await readdir(join(bundled, '..'))).sort()).toEqual(['entry.cjs', 'other.cjs']);
});

test.each([0, 100])('a file that was cut to %s bytes, or removed, is made again', async (bytes) => {
  await symlink(packages(), join(folder, 'node_modules'));
  const bundled = await bundledModules(bundle());
  await truncate(bundled, bytes);
  await rm(join(bundled, '../other.cjs'));
  expect(await bundledModules(bundle())).toBe(bundled);
  expect(await output(bundled)).toContain(koffi.version);
  expect(await output(join(bundled, '../other.cjs'))).toContain(koffi.version);
});

test('a bundle that could not be written is tried again', async () => {
  const one = bundle();
  await writeFile(join(folder, 'cache'), 'no folder');
  await expect(bundledModules(one)).rejects.toThrow(/ENOTDIR/);
  await rm(join(folder, 'cache'));
  await expect(bundledModules(one)).resolves.toContain('entry.cjs');
});

test('a bundle published beside its entries is used as it is', async () => {
  for (const { name, content } of await compileBundle(bundle())) await writeFile(join(folder, name), content);
  expect(await bundledModules(bundle())).toBe(join(folder, 'entry.cjs'));
});

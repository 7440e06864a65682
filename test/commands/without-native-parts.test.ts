import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { openExport } from '../../lib/exports/open-export.ts';
import { builtModule } from '../built-program.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';

const root = join(import.meta.dirname, '../..');
const folder = sharedTemporaryFolder();
const elsewhere = join(folder, 'elsewhere.cjs');

/** A program that runs as if it were on a Mac, with an empty cache, and that ends if it loads a native library. */
const run = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['--require', elsewhere, builtModule('client'), ...args], {
    cwd: root,
    env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') },
    maxBuffer: 64 * 2 ** 20,
  });

beforeAll(async () => {
  await writeFile(
    elsewhere,
    `Object.defineProperty(process, 'platform', { value: 'darwin' });
     process.dlopen = (_, file) => { throw new Error('a native library is loaded: ' + file); };`,
  );
});

test('a Mac has no native parts', async () => {
  await expect(run('setup')).rejects.toMatchObject({
    stderr: expect.stringContaining('no build of the native parts for darwin') as string,
  });
});

test('sample draws architectures', async () => {
  const { stdout } = await run('sample', '--preset', 'anynetx-small', '--count', '2', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ architectures: [{ name: 'arch-000' }, { name: 'arch-001' }] });
});

test('plan shows what a study will cost', async () => {
  const { stdout } = await run('plan', '--preset', 'paper');
  expect(stdout).toContain('500 architectures, 6,500 runs');
});

test('analyze computes statistics and writes a report', { timeout: 300_000 }, async () => {
  const out = join(folder, 'analysis');
  await run('analyze', 'docs/demonstration/results.csv', '--out', out);
  expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('</html>');
});

test('report writes the report of a study from its store', { timeout: 300_000 }, async () => {
  const store = join(folder, 'store');
  const archive = await openExport(join(root, 'docs/demonstration/demonstration.zip'));
  for (const name of archive.names) {
    const file = join(store, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, (await archive.store.get(name))!);
  }
  const out = join(folder, 'report');
  await run('report', 'demonstration', '--store', store, '--state', join(folder, 'state'), '--out', out);
  expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('</html>');
});

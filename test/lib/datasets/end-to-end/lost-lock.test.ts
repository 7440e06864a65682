import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { concreteForms } from '../layouts/photos.ts';
import { within, writeTree } from '../layouts/tree.ts';
import { prepareSmall, type Preparation } from './preparation.ts';

/** The files of the images of a preparation, but for the mark of when a machine has verified them. */
async function imagesOf({ directory }: Preparation): Promise<Record<string, string>> {
  const root = join(directory, 'images');
  const [folder, ...others] = await readdir(root);
  expect(others).toEqual([]);
  const files = (await readdir(join(root, folder!))).filter((file) => /\.(bin|txt)$|manifest/.test(file)).sort();
  const contents = files.map(async (file) => [file, await readFile(join(root, folder!, file), 'base64')] as const);
  return Object.fromEntries(await Promise.all(contents));
}

test('a process that sleeps while another one prepares the same dataset fails, and has changed no byte of it', async () => {
  const root = await temporaryFolder();
  const dataRoot = join(root, 'data');
  await writeTree(dataRoot, within('concrete', (await concreteForms(40))['in folders']!));
  const preparation: Preparation = { fields: { dataset: 'concrete' }, dataRoot, directory: join(root, 'prepared') };
  const script = new URL('./sleeping-child.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(preparation)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  // It has stored some shards, and another image is under way.
  while (!said.includes('half way') && child.exitCode === null) await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  // As if its machine were asleep: once the lock has expired, its successor goes on from its last complete shard.
  const { digest, from } = await prepareSmall(preparation);
  expect(from[0]).toBeGreaterThan(0);
  const prepared = await imagesOf(preparation);
  child.kill('SIGCONT');
  expect((await closed)[0]).toBe(0);
  expect(said).toContain('LockLostError');
  expect(await imagesOf(preparation)).toEqual(prepared);
  const undisturbed = { ...preparation, directory: join(root, 'undisturbed') };
  expect((await prepareSmall(undisturbed)).digest).toBe(digest);
  expect(prepared).toEqual(await imagesOf(undisturbed));
});

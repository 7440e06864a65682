import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { catalogueEntry } from '../../../datasets/catalogue/index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { writeTree, type Tree } from '../layouts/tree.ts';

/** Prepares in a process of its own, which is killed where it stops; returns what it said. */
async function preparing(name: string, dataRoot: string, directory: string, stopAt: number): Promise<string[]> {
  const script = new URL('./preparing-child.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', script, name, dataRoot, directory, String(stopAt)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (text: Buffer) => {
    said += text.toString();
    // What is on its way to the disk has the time to get there, or not.
    if (said.includes('stopped')) void sleep(200).then(() => child.kill('SIGKILL'));
  });
  await once(child, 'close');
  return said.trim().split('\n');
}

/** Checksums of all files below a folder, but for the marks of when a machine has verified them. */
async function checksums(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(
    (file) => file.isFile() && !file.name.startsWith('verified-'),
  );
  const entries = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [
        relative(folder, path),
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      ] as const;
    }),
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Kills the preparation of a dataset twice, after a third and two thirds of its images, and expects that the third one goes on where
 * they were and leaves the files, byte by byte, of one that nobody disturbed.
 */
export async function expectKillsToChangeNothing(name: string, tree: Tree): Promise<void> {
  const root = await temporaryFolder();
  await writeTree(join(root, 'data', name), tree);
  const source = await (await catalogueEntry(name).locate(join(root, 'data'))).open();
  const images = source.images.ids.length;
  const run = (folder: string, stopAt: number) => preparing(name, join(root, 'data'), join(root, folder), stopAt);

  const undisturbed = await run('undisturbed', Infinity);
  expect(undisturbed[0]).toBe('from 0');
  const first = await run('killed', Math.floor(images / 3));
  const second = await run('killed', Math.floor((2 * images) / 3));
  const third = await run('killed', Infinity);
  expect([first.at(-1), second.at(-1)]).toEqual(['stopped', 'stopped']);
  const [secondFrom, thirdFrom] = [second, third].map(([line]) => Number(line!.replace('from ', '')));
  expect(secondFrom).toBeGreaterThan(0);
  expect(thirdFrom).toBeGreaterThan(secondFrom!);
  expect(third.at(-1)).toBe(undisturbed.at(-1));
  expect(third.at(-1)).toMatch(/^digest [0-9a-f]{64}$/);
  expect(await checksums(join(root, 'killed'))).toEqual(await checksums(join(root, 'undisturbed')));
}

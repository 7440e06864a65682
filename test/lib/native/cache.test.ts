import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensurePart } from '../../../lib/native/cache.ts';
import type { PartProgress } from '../../../lib/native/part.ts';
import { fakePart } from './fake-part.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

let cache: string;
let log: string;
beforeEach(async () => {
  const folder = await temporaryFolder();
  cache = join(folder, 'cache');
  log = join(folder, 'log');
});
afterEach(() => rm(join(cache, '..'), { recursive: true }));

const installations = async () => (await readFile(log, 'utf8')).split('\n').length - 1;
const part = () => fakePart({ log });

/** Starts a set-up in a process of its own. */
function startSetup(milliseconds: number) {
  return spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'install-fake-part.ts'), cache, log, String(milliseconds)],
    { stdio: 'inherit' },
  );
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

describe('a part', () => {
  test('is installed once, and then found', async () => {
    const directory = await ensurePart(part(), { cache });
    expect(directory).toBe(join(cache, 'fake-1.0'));
    expect(await readFile(join(directory, 'lib', 'first'), 'utf8')).toBe('first');
    expect(await ensurePart(part(), { cache })).toBe(directory);
    expect(await installations()).toBe(1);
  });

  test('reports its progress, and nothing if there is nothing to do', async () => {
    const seen: PartProgress[] = [];
    const onProgress = (progress: PartProgress) => seen.push(progress);
    await ensurePart(part(), { cache, onProgress });
    expect(seen.map(({ part, activity }) => `${part}: ${activity.state}`)).toEqual([
      'fake 1.0: unpacking',
      'fake 1.0: done',
    ]);
    await ensurePart(part(), { cache, onProgress });
    expect(seen).toHaveLength(2);
  });

  test.each([
    ['a missing file', (directory: string) => rm(join(directory, 'second'))],
    ['a truncated file', (directory: string) => truncate(join(directory, 'lib', 'first'), 2)],
    ['a missing marker', (directory: string) => rm(join(directory, 'complete.json'))],
    ['half a marker', (directory: string) => truncate(join(directory, 'complete.json'), 5)],
    ['an empty marker', (directory: string) => writeFile(join(directory, 'complete.json'), '{"files":{}}')],
    [
      'a file where a folder was',
      async (directory: string) => {
        await rm(join(directory, 'lib'), { recursive: true });
        await writeFile(join(directory, 'lib'), '');
      },
    ],
    [
      'nothing but its folder',
      async (directory: string) => {
        await rm(directory, { recursive: true });
        await mkdir(directory);
      },
    ],
  ])('with %s is installed again', async (_, damage) => {
    const directory = await ensurePart(part(), { cache });
    await damage(directory);
    await ensurePart(part(), { cache });
    expect(await installations()).toBe(2);
    expect(await readFile(join(directory, 'second'), 'utf8')).toBe('second');
    expect(await readFile(join(directory, 'lib', 'first'), 'utf8')).toBe('first');
  });

  test('leaves nothing behind if its installation fails or is aborted', async () => {
    const failing = { ...part(), install: () => Promise.reject(new Error('no luck')) };
    await expect(ensurePart(failing, { cache })).rejects.toThrow('no luck');
    expect(await readdir(cache)).toEqual([]);
    const controller = new AbortController();
    const installing = ensurePart(fakePart({ log, milliseconds: 60_000 }), { cache, signal: controller.signal });
    await until(() => existsSync(log));
    controller.abort(new Error('stopped'));
    await expect(installing).rejects.toThrow(/abort/);
    expect(await readdir(cache)).toEqual([]);
  });

  test('is not started if the disk has too little space, and the message says how much it needs', async () => {
    await expect(ensurePart({ ...part(), diskBytes: 1e18 }, { cache })).rejects.toThrow(
      /^fake 1\.0 needs 1000000000\.0 GB of free disk space in .*cache\n {2}free some space, or set XDG_CACHE_HOME/,
    );
    expect(existsSync(log)).toBe(false);
  });

  test('that fills the disk fails with the same message', async () => {
    const install = () => Promise.reject(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }));
    await expect(ensurePart({ ...part(), install }, { cache })).rejects.toThrow('GB of free disk space');
  });
});

describe('set-ups in several processes', () => {
  test('install once: the others wait for the first', async () => {
    const processes = [startSetup(700), startSetup(700), startSetup(700)];
    const codes = await Promise.all(processes.map(async (process) => (await once(process, 'exit'))[0] as number));
    expect(codes).toEqual([0, 0, 0]);
    expect(await installations()).toBe(1);
    expect(await readdir(cache)).toEqual(['fake-1.0']);
  });

  test('one killed halfway is followed within seconds by one that installs, and cleans up after it', async () => {
    const killed = startSetup(60_000);
    await until(async () => existsSync(cache) && (await readdir(cache)).some((name) => name.includes('.partial-')));
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(existsSync(join(cache, 'fake-1.0'))).toBe(false);

    const states: string[] = [];
    const started = Date.now();
    await ensurePart(part(), { cache, onProgress: ({ activity }) => states.push(activity.state) });
    expect(Date.now() - started).toBeLessThan(15_000);
    expect(states).toEqual(['waiting', 'unpacking', 'done']);
    expect(await readdir(cache)).toEqual(['fake-1.0']);
  });
});

test('waiting for another set-up ends when it is aborted', async () => {
  await mkdir(join(cache, 'fake-1.0.lock'), { recursive: true });
  const controller = new AbortController();
  const onProgress = () => controller.abort();
  await expect(ensurePart(part(), { cache, onProgress, signal: controller.signal })).rejects.toThrow(/abort/);
  expect(existsSync(log)).toBe(false);
});

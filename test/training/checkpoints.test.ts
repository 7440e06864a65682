import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Checkpoints } from '../../training/checkpoints.ts';

let directory: string;
const skipped: string[] = [];
const note = (reason: string) => skipped.push(reason);
const state = (value: number) =>
  new Map([
    ['a.weight', Float32Array.of(value, -0, 1e-40)],
    ['b.bias', new Float32Array(0)],
  ]);
const write = async (checkpoints: Checkpoints, ...epochs: number[]) => {
  for (const epoch of epochs) await checkpoints.write({ epochs: epoch, curve: [], state: state(epoch) });
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'checkpoints-'));
  skipped.length = 0;
});
afterEach(() => rm(directory, { recursive: true }));

describe('checkpoints', () => {
  it('come back bit for bit', async () => {
    const checkpoints = new Checkpoints(directory, 'run');
    await write(checkpoints, 1);
    const latest = await checkpoints.latest(note);
    expect(latest?.epochs).toBe(1);
    expect(latest?.state).toEqual(state(1));
    expect(Object.is(latest?.state.get('a.weight')?.[1], -0)).toBe(true);
    expect(skipped).toEqual([]);
  });

  it('are none before the first epoch', async () => {
    expect(await new Checkpoints(join(directory, 'missing'), 'run').latest(note)).toBeUndefined();
  });

  it('are kept for the last two epochs', async () => {
    await write(new Checkpoints(directory, 'run'), 1, 2, 3);
    expect((await readdir(directory)).sort()).toEqual(['epoch-000002.bin', 'epoch-000003.bin']);
  });

  it.each([
    [
      'a changed byte',
      async (path: string) => {
        const content = await readFile(path);
        content[content.length - 40] = (content[content.length - 40] as number) ^ 1;
        await writeFile(path, content);
      },
    ],
    ['a missing end', (path: string) => truncate(path, 60)],
    ['nothing in it', (path: string) => truncate(path, 0)],
  ])('are skipped and named with %s, and the one before is used', async (_damage, damage) => {
    const checkpoints = new Checkpoints(directory, 'run');
    await write(checkpoints, 1, 2);
    await damage(join(directory, 'epoch-000002.bin'));
    expect((await checkpoints.latest(note))?.state).toEqual(state(1));
    expect(skipped).toHaveLength(1);
    expect(skipped[0]).toContain('epoch-000002.bin');
  });

  it('of another run are not used', async () => {
    await write(new Checkpoints(directory, 'run'), 1);
    expect(await new Checkpoints(directory, 'other').latest(note)).toBeUndefined();
    expect(skipped[0]).toContain('belongs to the run run');
  });
});

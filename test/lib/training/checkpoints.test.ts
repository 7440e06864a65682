import { readdir, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { Checkpoints } from '../../../lib/training/checkpoints.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { bits, stored } from './stored-state.ts';

/** A folder with the checkpoints of five epochs of a run. */
async function fiveEpochs(): Promise<{ folder: string; checkpoints: Checkpoints }> {
  const folder = join(await temporaryFolder(), 'checkpoints');
  const checkpoints = new Checkpoints(folder, 'run');
  for (let epoch = 1; epoch <= 5; epoch++) await checkpoints.write(stored(epoch));
  return { folder, checkpoints };
}

async function latest(checkpoints: Checkpoints) {
  const skipped: string[] = [];
  const checkpoint = await checkpoints.latest((reason) => skipped.push(reason));
  return { checkpoint, skipped };
}

test('a run without checkpoints has none', async () => {
  const checkpoints = new Checkpoints(join(await temporaryFolder(), 'missing'), 'run');
  expect(await latest(checkpoints)).toEqual({ checkpoint: undefined, skipped: [] });
});

test('the last two are kept, and the newest is restored bit for bit', async () => {
  const { folder, checkpoints } = await fiveEpochs();
  expect((await readdir(folder)).sort()).toEqual(['epoch-000004.bin', 'epoch-000005.bin']);
  const { checkpoint, skipped } = await latest(checkpoints);
  expect(skipped).toEqual([]);
  expect(checkpoint?.epochs).toBe(5);
  expect(checkpoint?.curve).toEqual(stored(5).curve);
  expect(bits(checkpoint?.state ?? new Map())).toEqual(bits(stored(5).state));
});

test('a truncated checkpoint is named, and the one before is used', async () => {
  const { folder, checkpoints } = await fiveEpochs();
  await truncate(join(folder, 'epoch-000005.bin'), 300);
  const { checkpoint, skipped } = await latest(checkpoints);
  expect(checkpoint?.epochs).toBe(4);
  expect(skipped).toHaveLength(1);
  expect(skipped[0]).toContain(`${join(folder, 'epoch-000005.bin')} is skipped`);
});

test('without a readable one, the run starts again', async () => {
  const { folder, checkpoints } = await fiveEpochs();
  await writeFile(join(folder, 'epoch-000005.bin'), '');
  await writeFile(join(folder, 'epoch-000004.bin'), 'no checkpoint');
  const { checkpoint, skipped } = await latest(checkpoints);
  expect(checkpoint).toBeUndefined();
  expect(skipped).toHaveLength(2);
});

test('one that is written after the two newest were found damaged is kept, and those are removed', async () => {
  const { folder, checkpoints } = await fiveEpochs();
  await writeFile(join(folder, 'epoch-000005.bin'), '');
  await writeFile(join(folder, 'epoch-000004.bin'), 'no checkpoint');
  const path = await checkpoints.write(stored(1));
  expect(await readdir(folder)).toEqual([basename(path)]);
  expect((await latest(checkpoints)).checkpoint?.epochs).toBe(1);
  await checkpoints.write(stored(2));
  await checkpoints.write(stored(3));
  expect((await readdir(folder)).sort()).toEqual(['epoch-000002.bin', 'epoch-000003.bin']);
});

test('within an epoch, they come after its beginning and before its end, and record its progress', async () => {
  const folder = join(await temporaryFolder(), 'checkpoints');
  const checkpoints = new Checkpoints(folder, 'run');
  const begun = (steps: number) => ({ steps, images: 8 * steps, loss: steps / 3 });
  await checkpoints.write(stored(1));
  for (const steps of [9, 10]) {
    await checkpoints.write({ ...stored(1), begun: begun(steps) });
    expect((await latest(checkpoints)).checkpoint).toMatchObject({ epochs: 1, begun: begun(steps) });
  }
  expect((await readdir(folder)).sort()).toEqual(['epoch-000001.step-00000009.bin', 'epoch-000001.step-00000010.bin']);
  await checkpoints.write(stored(2));
  expect((await latest(checkpoints)).checkpoint).toMatchObject({ epochs: 2, begun: undefined });
});

test("another run's checkpoints are skipped", async () => {
  const { folder } = await fiveEpochs();
  const { checkpoint, skipped } = await latest(new Checkpoints(folder, 'other'));
  expect(checkpoint).toBeUndefined();
  expect(skipped).toHaveLength(2);
  expect(skipped[0]).toContain('it belongs to the run run');
});

test('files of other names, such as one half-written, do not count', async () => {
  const { folder, checkpoints } = await fiveEpochs();
  await writeFile(join(folder, 'epoch-000006.bin.partial'), 'half');
  await writeFile(join(folder, 'notes.txt'), '');
  expect((await latest(checkpoints)).checkpoint?.epochs).toBe(5);
});

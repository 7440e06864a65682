import { createHash } from 'node:crypto';
import { readFile, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DamagedState, readState, writeState } from '../../../lib/training/state-file.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { bits, stored } from './stored-state.ts';

async function written(): Promise<{ folder: string; path: string }> {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.bin');
  await writeState(path, stored(3));
  return { folder, path };
}

test('a state is restored bit for bit, with NaN, infinities, negative zero and the smallest numbers', async () => {
  const { path } = await written();
  const { state, ...header } = await readState(path);
  const { state: original, ...originalHeader } = stored(3);
  expect(bits(state)).toEqual(bits(original));
  expect(header).toEqual(originalHeader);
});

test('the same state is written as the same bytes, and nothing else is left in the folder', async () => {
  const [first, second] = [await written(), await written()];
  expect(await readFile(first.path)).toEqual(await readFile(second.path));
  expect(await readdir(first.folder)).toEqual(['state.bin']);
});

test('arrays that are part of a larger buffer are written without the rest', async () => {
  const path = join(await temporaryFolder(), 'state.bin');
  const buffer = Float32Array.of(1, 2, 3, 4);
  await writeState(path, { ...stored(1), state: new Map([['part', buffer.subarray(1, 3)]]) });
  expect([...((await readState(path)).state.get('part') as Float32Array)]).toEqual([2, 3]);
});

describe('a file that differs from what was written is a DamagedState that names it', () => {
  test.each(['header', 'values', 'checksum'])('one bit of the %s', async (where) => {
    const { path } = await written();
    const content = await readFile(path);
    const place = { header: 20, values: content.length - 40, checksum: content.length - 1 }[where] as number;
    content.writeUInt8(content.readUInt8(place) ^ 1, place);
    await writeFile(path, content);
    await expect(readState(path)).rejects.toThrow(DamagedState);
    await expect(readState(path)).rejects.toThrow(path);
  });

  test.each([0, 5, 11, 40, 100])('a file that ends after %i bytes', async (length) => {
    const { path } = await written();
    await truncate(path, length);
    await expect(readState(path)).rejects.toThrow(DamagedState);
  });

  test('one whose arrays have more or fewer values than its header says, under a correct checksum', async () => {
    const { path } = await written();
    const content = (await readFile(path)).subarray(0, -32);
    for (const body of [content.subarray(0, -4), Buffer.concat([content, Buffer.alloc(2)])]) {
      await writeFile(path, Buffer.concat([body, createHash('sha256').update(body).digest()]));
      await expect(readState(path)).rejects.toThrow(/state.bin must have \d+ values, got \d+/);
    }
  });

  test('another kind of file', async () => {
    const { path } = await written();
    await writeFile(path, 'x'.repeat(500));
    await expect(readState(path)).rejects.toThrow(`${path} is not a state file`);
  });
});

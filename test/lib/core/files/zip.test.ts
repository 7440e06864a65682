import { describe, expect, test } from 'vitest';
import { unzip, zipOf } from '../../../../lib/core/files/zip.ts';

const files = new Map([
  ['a.txt', Buffer.from('one')],
  ['folder/b.bin', Buffer.alloc(10_000, 7)],
]);
const archive = await zipOf(files);

describe('a ZIP archive', () => {
  test('gives back its files, and equal files give equal bytes', async () => {
    expect(await unzip(archive, { bytes: 20_000, files: 2 })).toEqual(files);
    expect((await zipOf(files)).equals(archive)).toBe(true);
  });

  test('that holds more than is let pass is refused before all of it is unpacked', async () => {
    await expect(unzip(archive, { bytes: 10_000, files: 2 })).rejects.toThrow('at most 10000 bytes');
    await expect(unzip(archive, { bytes: 20_000, files: 1 })).rejects.toThrow('at most 1 files');
  });

  test('that is damaged is refused', async () => {
    await expect(unzip(archive.subarray(0, 50), { bytes: 20_000, files: 2 })).rejects.toThrow();
    await expect(unzip(Buffer.from('text'), { bytes: 20_000, files: 2 })).rejects.toThrow();
  });

  test('whose file is longer than it says is refused', async () => {
    const lying = Buffer.from(archive);
    // Uncompressed size of the second file in the central directory.
    const entry = lying.lastIndexOf('PK\u0001\u0002', undefined, 'latin1');
    expect(lying.readUInt32LE(entry + 24)).toBe(10_000);
    lying.writeUInt32LE(10, entry + 24);
    await expect(unzip(lying, { bytes: 20_000, files: 2 })).rejects.toThrow(/bytes/);
  });
});

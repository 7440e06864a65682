import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { decompressLz4Frame } from '../../../../../lib/core/files/columnar/lz4-frame.ts';
import { xxHash32 } from '../../../../../lib/core/files/columnar/xxhash32.ts';

const frame = (name: string) => readFile(fileURLToPath(new URL(`golden/${name}.lz4`, import.meta.url)));
const content = Array.from({ length: 8000 }, (_, i) => `row ${(i % 977) % 13} of a table\n`).join('');

describe('an LZ4 frame', () => {
  test.each(['linked', 'linked-checked', 'independent', 'independent-checked'])(
    'of the reference implementation is read: %s',
    async (name) => {
      expect(Buffer.from(decompressLz4Frame(await frame(name))).toString()).toBe(content);
    },
  );

  test('with a changed byte is refused if a checksum covers it', async () => {
    const bytes = await frame('linked-checked');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 0x55;
      expect(() => decompressLz4Frame(changed), `byte ${at}`).toThrow();
    }
  });

  test('that is too long or cut off is refused', async () => {
    expect(() => decompressLz4Frame(Buffer.from('text of no frame'))).toThrow('it is not an LZ4 frame');
    const bytes = await frame('independent');
    expect(() => decompressLz4Frame(bytes, 1000)).toThrow('at most 1000 bytes');
    expect(() => decompressLz4Frame(bytes.subarray(0, 400))).toThrow();
  });
});

test.each([
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
])('the xxHash32 of %j agrees with the reference implementation', (text, hash) => {
  expect(xxHash32(Buffer.from(text))).toBe(hash);
});

import { expect, test } from 'vitest';
import { decodeBytes, decodeText } from '../../../../lib/core/files/decode-text.ts';

const text = 'Größe;€5\n';

test.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
  ['UTF-16 of little-endian words', Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16 of big-endian words', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ['Windows-1252', Buffer.from('Gr\xf6\xdfe;\x805\n', 'latin1')],
])('text in %s is read', (_encoding, bytes) => {
  expect(decodeText(bytes)).toBe(text);
});

test('different bytes stay different text, whatever their encoding', () => {
  const all = Array.from({ length: 256 }, (_, byte) => decodeBytes(Buffer.from([byte, 0xff])));
  expect(new Set(all).size).toBe(256);
});

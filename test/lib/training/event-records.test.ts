import { expect, test } from 'vitest';
import { crc32c, eventRecord } from '../../../lib/training/event-records.ts';

// RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
test.each([
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 ascending bytes', Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
  ['123456789', Buffer.from('123456789'), 0xe3069283],
])('CRC-32C of %s agrees with other programs', (_what, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});

test('a record is what TensorBoard writes', () => {
  // By RecordWriter of tensorboard 2.21.
  expect(eventRecord(Buffer.from('abc')).toString('hex')).toBe('0300000000000000b099490e6162636e57f121');
});

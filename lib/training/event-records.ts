/** Table of CRC-32C remainders (Castagnoli's polynomial, reflected), by byte. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++)
    remainder = (remainder & 1) === 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1;
  return remainder;
});

/** Computes the CRC-32C checksum of bytes (RFC 3720, appendix B.4), unsigned; Node's zlib uses a different polynomial. */
export function crc32c(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) remainder = remainders[(remainder ^ byte) & 0xff]! ^ (remainder >>> 8);
  return ~remainder >>> 0;
}

/** Masks a checksum as TFRecord files store it: rotated, and with a constant added (tensorflow/core/lib/hash/crc32c.h). */
const masked = (checksum: number): number => (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;

/**
 * Makes a record of a TFRecord file: the message's length (uint64), the checksum of the length, the message, and its checksum, all
 * little-endian.
 */
export function eventRecord(message: Uint8Array): Buffer {
  const record = Buffer.alloc(12 + message.length + 4);
  record.writeBigUInt64LE(BigInt(message.length), 0);
  record.writeUInt32LE(masked(crc32c(record.subarray(0, 8))), 8);
  record.set(message, 12);
  record.writeUInt32LE(masked(crc32c(message)), 12 + message.length);
  return record;
}

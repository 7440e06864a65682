import { endianness } from 'node:os';

type Numbers = Uint16Array | Uint32Array | Float64Array;

/** Converts numbers to the bytes of a file, little-endian on every machine. */
export function toBytes(numbers: Numbers): Buffer {
  const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return endianness() === 'BE' ? swapped(Buffer.from(bytes), numbers.BYTES_PER_ELEMENT) : bytes;
}

/** Converts such bytes back to numbers. */
export function fromBytes<Table extends Numbers>(
  bytes: Buffer,
  Table: { new (buffer: ArrayBuffer): Table; readonly BYTES_PER_ELEMENT: number },
): Table {
  // A copy, because numbers must be aligned to a multiple of their size.
  const own = new Uint8Array(bytes);
  if (endianness() === 'BE') swapped(Buffer.from(own.buffer), Table.BYTES_PER_ELEMENT);
  return new Table(own.buffer);
}

function swapped(bytes: Buffer, size: number): Buffer {
  return size === 2 ? bytes.swap16() : size === 4 ? bytes.swap32() : bytes.swap64();
}

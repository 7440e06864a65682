/** The bytes of an IDX file of unsigned bytes. */
export function idx(shape: readonly number[], data: Iterable<number>): Uint8Array {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = 0x08;
  header[3] = shape.length;
  shape.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis));
  return Uint8Array.from([...header, ...data]);
}

import { readFile } from 'node:fs/promises';

export interface Scalar {
  tag: string;
  step: number;
  value: number;
}

/**
 * The scalars of a TensorBoard event file: records of a length (uint64), its checksum, an `Event` message and its checksum. Only
 * the fields that scalars are made of are read (`tensorflow/core/util/event.proto`, `framework/summary.proto`).
 */
export async function scalarsOf(path: string): Promise<Scalar[]> {
  const content = await readFile(path);
  const scalars: Scalar[] = [];
  for (let offset = 0; offset < content.length;) {
    const length = Number(content.readBigUInt64LE(offset));
    const event = fields(content.subarray(offset + 12, offset + 12 + length));
    offset += length + 16;
    const step = Number(event.get(2)?.[0] ?? 0);
    for (const summary of (event.get(5) ?? []) as Buffer[])
      for (const encoded of (fields(summary).get(1) ?? []) as Buffer[]) {
        const value = fields(encoded);
        // Others are not scalars.
        if (!value.has(2)) continue;
        scalars.push({ tag: String(value.get(1)?.[0]), step, value: (value.get(2)?.[0] as Buffer).readFloatLE(0) });
      }
  }
  return scalars;
}

/** The fields of a protocol buffer message by number: numbers for varints, bytes for all else. */
function fields(message: Buffer): Map<number, (number | Buffer)[]> {
  const found = new Map<number, (number | Buffer)[]>();
  let offset = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message.readUInt8(offset++);
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  const bytes = (length: number): Buffer => message.subarray(offset, (offset += length));
  while (offset < message.length) {
    const key = varint();
    const value = { 0: varint, 1: () => bytes(8), 2: () => bytes(varint()), 5: () => bytes(4) }[key % 8];
    if (value === undefined) throw new Error(`wire type ${key % 8} is not known`);
    found.set(Math.floor(key / 8), [...(found.get(Math.floor(key / 8)) ?? []), value()]);
  }
  return found;
}

import { readFile } from 'node:fs/promises';

export interface Scalar {
  tag: string;
  step: number;
  value: number;
}

/** The scalars of a TensorBoard event file. */
export async function scalarsOf(path: string): Promise<Scalar[]> {
  return (await valuesOf(path)).flatMap(({ step, value }) =>
    // Others are not scalars.
    value.has(2) ? [{ tag: String(value.get(1)?.[0]), step, value: (value.get(2)![0] as Buffer).readFloatLE(0) }] : [],
  );
}

/** The hyperparameters in a TensorBoard event file, by their names; of each the last that was told. */
export async function hyperparametersIn(path: string): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const { value } of await valuesOf(path)) {
    if (String(value.get(1)?.[0]) !== '_hparams_/session_start_info') continue;
    const at = (message: Buffer, field: number) => fields(message).get(field)![0] as Buffer;
    const start = at(at(at(value.get(9)![0] as Buffer, 1), 2), 3);
    for (const entry of (fields(start).get(1) ?? []) as Buffer[]) {
      const setting = fields(at(entry, 2));
      found[String(at(entry, 1))] = setting.has(2)
        ? (setting.get(2)![0] as Buffer).readDoubleLE(0)
        : setting.has(3)
          ? String(setting.get(3)![0])
          : setting.get(4)![0] === 1;
    }
  }
  return found;
}

/**
 * The values of the summaries in an event file: records of a length (uint64), its checksum, an `Event` message and its checksum. Only
 * the fields that are needed are read (`tensorflow/core/util/event.proto`, `framework/summary.proto`).
 */
async function valuesOf(path: string): Promise<{ step: number; value: ReturnType<typeof fields> }[]> {
  const content = await readFile(path);
  const values: { step: number; value: ReturnType<typeof fields> }[] = [];
  for (let offset = 0; offset < content.length;) {
    const length = Number(content.readBigUInt64LE(offset));
    const event = fields(content.subarray(offset + 12, offset + 12 + length));
    offset += length + 16;
    const step = Number(event.get(2)?.[0] ?? 0);
    for (const summary of (event.get(5) ?? []) as Buffer[])
      for (const value of (fields(summary).get(1) ?? []) as Buffer[]) values.push({ step, value: fields(value) });
  }
  return values;
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

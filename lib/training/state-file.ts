import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ArtifactError, OperationalError } from '../core/errors.ts';
import { parseJsonWith } from '../core/validation.ts';
import { epochMetricsSchema } from './metrics.ts';
import { writeFileAtomically } from '../core/files/atomic-write.ts';
import type { NetworkState } from './session.ts';

/** Progress of an unfinished epoch. */
const begunEpochSchema = z.strictObject({
  steps: z.int().positive(),
  /** Images in these steps. */
  images: z.int().positive(),
  /** Sum of the losses over these images. */
  loss: z.number(),
});

export type BegunEpoch = z.infer<typeof begunEpochSchema>;

/** Header of a state file. */
export const headerSchema = z.strictObject({
  format: z.literal(1),
  runKey: z.string(),
  /** Finished epochs. */
  epochs: z.int().min(0),
  /** Metrics of the finished epochs. */
  curve: z.array(epochMetricsSchema),
  /** The epoch after them; absent if it has not begun. */
  begun: begunEpochSchema.optional(),
  /** Arrays in the order of their values. */
  arrays: z.array(z.strictObject({ name: z.string(), size: z.int().min(0) })),
});

export interface StoredState {
  runKey: string;
  epochs: number;
  curve: z.infer<typeof epochMetricsSchema>[];
  begun?: BegunEpoch | undefined;
  state: NetworkState;
}

const magic = Buffer.from('BEYONDNN');
const digestBytes = 32;

/**
 * Writes a state: the eight bytes BEYONDNN, the header's length (uint32, little-endian), the header (JSON), the values (float32,
 * little-endian) and the SHA-256 of all of these. The file is written completely or not at all.
 */
export async function writeState(path: string, { state, ...header }: StoredState): Promise<void> {
  const arrays = [...state].map(([name, values]) => ({ name, size: values.length }));
  const json = Buffer.from(JSON.stringify({ format: 1, ...header, arrays } satisfies z.infer<typeof headerSchema>));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const parts = [
    magic,
    length,
    json,
    ...[...state.values()].map((values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  ];
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  await writeFileAtomically(path, [...parts, hash.digest()]);
}

/** A state file differs from what was written. */
export class DamagedState extends OperationalError {
  constructor(message: string) {
    super('input', message);
  }
}

/** Reads a state; throws `DamagedState` if the checksum or the format is wrong, `ArtifactError` if the header is invalid. */
export async function readState(path: string): Promise<StoredState> {
  return parseState(await readFile(path), path);
}

/** Whether content begins like a state file. */
export const isState = (content: Buffer): boolean => content.subarray(0, magic.length).equals(magic);

/**
 * Parses the content of a state file; throws like `readState`.
 * @param path name of the file in error messages
 */
export function parseState(content: Buffer, path: string): StoredState {
  const body = content.subarray(0, -digestBytes);
  const digest = createHash('sha256').update(body).digest();
  if (!isState(body) || body.length < magic.length + 4) throw new DamagedState(`${path} is not a state file`);
  if (!digest.equals(content.subarray(-digestBytes)))
    throw new DamagedState(`${path} is damaged: its checksum is wrong`);
  const headerEnd = magic.length + 4 + body.readUInt32LE(magic.length);
  const { arrays, runKey, epochs, curve, begun } = parseJsonWith(
    headerSchema,
    body.toString('utf8', magic.length + 4, headerEnd),
    `the header of ${path}`,
    ArtifactError,
  );
  const size = arrays.reduce((sum, array) => sum + array.size, 0);
  if (headerEnd + 4 * size !== body.length)
    throw new DamagedState(`${path} must have ${size} values, got ${(body.length - headerEnd) / 4}`);
  const values = new Float32Array(Uint8Array.from(body.subarray(headerEnd)).buffer);
  const state = new Map<string, Float32Array>();
  let offset = 0;
  for (const { name, size } of arrays) {
    state.set(name, values.subarray(offset, offset + size));
    offset += size;
  }
  return { runKey, epochs, curve, begun, state };
}

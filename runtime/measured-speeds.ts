import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ArtifactError } from '../lib/core/errors.ts';
import { parseJsonWith } from '../lib/core/validation.ts';
import { writeFileAtomically } from '../lib/core/files/atomic-write.ts';
import type { StateFolder } from '../lib/core/files/state-folder.ts';
import { precisionSchema } from '../lib/training/protocol.ts';

const measuredSpeedSchema = z.strictObject({
  precision: precisionSchema,
  /** Of a network of study size, of all slots together. */
  imagesPerSecond: z.number().positive(),
  /** Activations (output elements of convolutions and linear layers) of training images, of all slots together. */
  activationsPerSecond: z.number().positive(),
});

/** How fast the slots together train at a precision. */
export type MeasuredSpeed = z.infer<typeof measuredSpeedSchema>;

const measuredSpeedsSchema = z.strictObject({
  format: z.literal(1),
  measuredAt: z.iso.datetime(),
  /** What trained, in words: e.g. `2 x CPU, 1 thread`. */
  slots: z.string(),
  speeds: z.array(measuredSpeedSchema),
});

/** What was measured on a machine, for estimates of how long a study takes there. */
export type MeasuredSpeeds = z.infer<typeof measuredSpeedsSchema>;

const pathOf = ({ root }: StateFolder) => join(root, 'measured-speeds.json');

export async function writeMeasuredSpeeds(state: StateFolder, speeds: MeasuredSpeeds): Promise<void> {
  await writeFileAtomically(pathOf(state), `${JSON.stringify(speeds, undefined, 2)}\n`);
}

/**
 * What `doctor` last measured on this machine; undefined if it has measured nothing.
 * @throws ArtifactError if its file is damaged
 */
export async function readMeasuredSpeeds(state: StateFolder): Promise<MeasuredSpeeds | undefined> {
  const path = pathOf(state);
  try {
    return parseJsonWith(measuredSpeedsSchema, await readFile(path, 'utf8'), path, ArtifactError);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

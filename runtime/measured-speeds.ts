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
  /** For a network of the size in a study, of all slots together. */
  imagesPerSecond: z.number().positive(),
  /** Activations (output elements of convolutions and linear layers) of training images, of all slots together. */
  activationsPerSecond: z.number().positive(),
});

/** The training speed of all slots together at a precision. */
export type MeasuredSpeed = z.infer<typeof measuredSpeedSchema>;

const measuredSpeedsSchema = z.strictObject({
  format: z.literal(1),
  measuredAt: z.iso.datetime(),
  /** Description of the slots, e.g. `2 x CPU, 1 thread`. */
  slots: z.string(),
  speeds: z.array(measuredSpeedSchema),
});

/** Measurements on a machine, for estimating the duration of a study there. */
export type MeasuredSpeeds = z.infer<typeof measuredSpeedsSchema>;

const pathOf = ({ root }: StateFolder) => join(root, 'measured-speeds.json');

export async function writeMeasuredSpeeds(state: StateFolder, speeds: MeasuredSpeeds): Promise<void> {
  await writeFileAtomically(pathOf(state), `${JSON.stringify(speeds, undefined, 2)}\n`);
}

/**
 * Reads the last measurements of `doctor` on this machine; undefined if there are none.
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

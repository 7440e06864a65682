import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { contentHash } from '../../core/canonical-json.ts';
import { ArtifactError, OperationalError } from '../../core/errors.ts';
import { parseJsonWith } from '../../core/validation.ts';
import { writeFileAtomically } from '../../core/files/atomic-write.ts';
import { writeWholeFolder } from '../../core/files/whole-folder.ts';
import { DatasetError } from '../dataset-error.ts';
import { bySplit, fileSchema, sha256, splitFacts, type BySplit, type SplitFacts } from '../manifest.ts';
import { manifestFile } from '../shards/images-manifest.ts';
import { readPositions, writePositions } from '../shards/positions.ts';
import type { StoredImages } from '../shards/stored-images.ts';
import { fromBytes } from '../shards/tables.ts';
import { channelStatistics } from './channel-statistics.ts';
import { contentDigest } from './content-digest.ts';
import { leakageOf } from './leakage.ts';
import { splitImages, type SplitOptions } from './split-images.ts';

const splitsSchema = z.strictObject({
  format: z.literal(2),
  positions: bySplit(fileSchema),
  trainingDigest: sha256,
  facts: z.strictObject(splitFacts),
});

/** The splits of a dataset. */
export interface Splits {
  /** Positions in its images, ascending. */
  positions: BySplit<Uint32Array>;
  /** SHA-256 of the training images, from which the statistics are computed. */
  trainingDigest: string;
  facts: SplitFacts;
}

/**
 * Returns the splits of a dataset for the given options: those drawn earlier, or new ones, which are stored beside the images.
 * @throws DatasetError if there is no training image, RangeError like `splitImages`
 */
export async function splitsOf(images: StoredImages, options: SplitOptions): Promise<Splits> {
  const folder = join(images.directory, `splits-${contentHash(options).slice(0, 16)}`);
  return (await readSplits(folder)) ?? (await drawSplits(images, options, folder));
}

/** Reads stored splits; undefined if there are none, or if they are damaged. */
async function readSplits(folder: string): Promise<Splits | undefined> {
  const path = join(folder, manifestFile);
  try {
    const { positions, ...splits } = parseJsonWith(splitsSchema, await readFile(path, 'utf8'), path, ArtifactError);
    return { positions: await readPositions(folder, positions), ...splits };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof OperationalError && error.category === 'input') return undefined;
    throw error;
  }
}

async function drawSplits(images: StoredImages, options: SplitOptions, folder: string): Promise<Splits> {
  const { dataset, classes, channels } = images.manifest;
  const [labels, given, groupTable, sumTable, hashes, ids] = await Promise.all([
    images.labels(),
    images.table('given'),
    images.table('groups'),
    images.table('sums'),
    images.hashes(),
    images.ids(),
  ]);
  const groups = groupTable && fromBytes(groupTable, Uint32Array);
  const positions = splitImages({ dataset, classes, labels, given: given!, groups }, options);
  if (positions.train.length === 0) throw new DatasetError(`${dataset} has no training images`);

  const { heights, widths } = images.sizesOf(positions.train);
  const pixels = heights.reduce((sum, height, index) => sum + height * widths[index]!, 0);
  const facts: SplitFacts = {
    ...channelStatistics(fromBytes(sumTable!, Float64Array), positions.train, pixels, channels),
    leakage: leakageOf(positions, hashes, groups, ids),
  };
  const trainingDigest = await contentDigest(images, positions.train);
  await writeWholeFolder(folder, async (partial) => {
    const stored = { format: 2, positions: await writePositions(partial, positions), trainingDigest, facts };
    await writeFileAtomically(join(partial, manifestFile), `${JSON.stringify(stored, undefined, 2)}\n`);
  });
  return { positions, trainingDigest, facts };
}

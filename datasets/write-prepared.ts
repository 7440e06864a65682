import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fitToSquare } from './fit-to-square.ts';
import { manifestSchema, splitNames, type DatasetManifest, type SplitName } from './manifest.ts';
import { PixelStatistics } from './pixel-statistics.ts';
import { datasetDigest, manifestFile } from './prepared-dataset.ts';
import { ShardWriter } from './shard-writer.ts';
import type { SplitSource } from './split-source.ts';
import type { SplitPlan } from './split-plan.ts';

/** What is written: the images of a plan, as squares of one size, under a label. */
export interface WritingJob {
  source: SplitSource;
  plan: SplitPlan;
  label: string;
  imageSize: number;
  channels: number;
}

/** Writes a whole prepared dataset to an empty folder, the manifest last, in one pass over the images. */
export async function writePrepared(
  directory: string,
  { source, plan, label, imageSize, channels }: WritingJob,
  onImages: (written: number, of: number) => void,
  signal: AbortSignal | undefined,
): Promise<DatasetManifest> {
  const statistics = new PixelStatistics(channels);
  const of = splitNames.reduce((sum, name) => sum + plan.splits[name].images.length, 0);
  let written = 0;

  const writeSplit = async (name: SplitName) => {
    const { from, images } = plan.splits[name];
    const writer = new ShardWriter(directory, name, imageSize ** 2 * channels);
    try {
      let next = 0;
      for await (const raw of source[from]!.read(images.map(({ position }) => position))) {
        signal?.throwIfAborted();
        const pixels = fitToSquare(raw, imageSize, channels);
        if (name === 'train') statistics.add(pixels);
        await writer.add(pixels, images[next++]!.label);
        if (++written % 1000 === 0 || written === of) onImages(written, of);
      }
      return await writer.finish();
    } finally {
      await writer.abandon();
    }
  };
  const splits = {
    train: await writeSplit('train'),
    validation: await writeSplit('validation'),
    test: await writeSplit('test'),
  };
  const data = { classes: plan.classes, imageSize, channels, splits };
  const manifest = manifestSchema.parse({
    format: 1,
    label,
    digest: datasetDigest(data),
    ...data,
    normalization: statistics.normalization(),
    pca: statistics.pca(),
  });
  await writeFile(join(directory, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`, { flush: true });
  return manifest;
}

import { basename, join } from 'node:path';
import { contentHash } from '../../core/canonical-json.ts';
import { writeFileAtomically } from '../../core/files/atomic-write.ts';
import { writeWholeFolder } from '../../core/files/whole-folder.ts';
import {
  manifestSchema,
  splitNames,
  type BySplit,
  type CheckedFile,
  type DatasetManifest,
  type SplitName,
} from '../manifest.ts';
import { manifestFile } from '../shards/images-manifest.ts';
import { writePositions } from '../shards/positions.ts';
import type { StoredImages } from '../shards/stored-images.ts';
import { contentDigest } from '../splits/content-digest.ts';
import type { Splits } from '../splits/stored-splits.ts';
import type { ViewPlan } from './plan-view.ts';

/** Subfolders of a directory of prepared datasets: for images, and for views of them. */
export const folders = { images: 'images', views: 'views' } as const;

export interface View {
  label: string;
  seed: number;
  images: StoredImages;
  splits: Splits;
  plan: ViewPlan;
}

/** Returns the labels of a view's images, given those of the whole dataset: a label in the view is the position of the class in `kept`. */
export function viewLabels(labels: Uint16Array, positions: Uint32Array, kept: readonly number[]): Uint16Array {
  const inView = new Uint16Array(Math.max(...kept) + 1);
  kept.forEach((label, index) => (inView[label] = index));
  const own = new Uint16Array(positions.length);
  for (let index = 0; index < own.length; index++) own[index] = inView[labels[positions[index]!]!]!;
  return own;
}

/** Computes the digest of a view, over the data that is trained on. */
export async function viewDigest(
  images: StoredImages,
  { positions, labels }: ViewPlan,
  trainingDigest: string,
): Promise<string> {
  const { classes, imageSize, fit, channels } = images.manifest;
  const all = await images.labels();
  const splits = await Promise.all(
    splitNames.map(async (split) => {
      const own = viewLabels(all, positions[split], labels);
      return [split, await contentDigest(images, positions[split], own)] as const;
    }),
  );
  const names = labels.map((label) => classes[label]!);
  return contentHash({ classes: names, imageSize, fit, channels, trainingDigest, splits: Object.fromEntries(splits) });
}

/** Returns the files of a view's positions. */
export const positionFiles = ({ splits }: Pick<DatasetManifest, 'splits'>): BySplit<CheckedFile> => ({
  train: splits.train.positions,
  validation: splits.validation.positions,
  test: splits.test.positions,
});

/** Writes a view to a folder, which appears complete or not at all, and replaces any earlier content. */
export function writeView(folder: string, view: View): Promise<DatasetManifest> {
  return writeWholeFolder(folder, async (partial) => {
    const manifest = await manifestOf(view, await writePositions(partial, view.plan.positions));
    await writeFileAtomically(join(partial, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`);
    return manifest;
  });
}

async function manifestOf(
  { label, seed, images, splits, plan }: View,
  files: BySplit<CheckedFile>,
): Promise<DatasetManifest> {
  const { dataset, source, incomplete, leftOut, skipped, imageSize, fit, channels, classes, digest } = images.manifest;
  const all = await images.labels();
  const { trainingDigest } = splits;
  const split = (name: SplitName) => {
    const byClass = Array<number>(plan.labels.length).fill(0);
    for (const own of viewLabels(all, plan.positions[name], plan.labels)) byClass[own]!++;
    return { images: plan.positions[name].length, byClass, positions: files[name] };
  };
  return manifestSchema.parse({
    format: 2,
    label,
    digest: await viewDigest(images, plan, trainingDigest),
    ...{ dataset, source, incomplete, leftOut, skipped, imageSize, fit, channels },
    classes: plan.labels.map((own) => classes[own]!),
    seed,
    splits: { train: split('train'), validation: split('validation'), test: split('test') },
    ...splits.facts,
    parent: {
      directory: `../../${folders.images}/${basename(images.directory)}`,
      digest,
      trainingDigest,
      labels: plan.labels,
    },
  } satisfies DatasetManifest);
}

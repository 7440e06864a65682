import { stream } from '../core/streams.ts';
import type { PreparedDataset } from '../datasets/manifest.ts';
import type { RawImage } from '../datasets/source.ts';
import { drawAugmentation } from './augmentation.ts';
import type { RunningProtocol } from './protocol.ts';
import { sampleCrops, samplePixels, type ImageExtents, type Samples } from './sampling.ts';
import { readImages } from './training-images.ts';
import { sampleForTest, testFraming, trainingFraming } from './framing.ts';

/** A training image as the network sees it, before it is normalized. */
export interface SheetImage {
  /** In the dataset as it was downloaded. */
  id: string;
  label: number;
  /** As test images are cut. */
  plain: RawImage;
  /** As it was augmented, several times. */
  augmented: RawImage[];
}

export interface SheetOptions {
  protocol: Pick<RunningProtocol, 'augmentation' | 'imageSize' | 'testShortSide'>;
  images: number;
  /** Of each image. */
  augmentations: number;
  seed: number;
}

/** Training images of as many classes as possible, drawn at random, by label; each augmented several times. */
export async function contactSheet(
  dataset: PreparedDataset,
  { protocol, images: count, augmentations, seed }: SheetOptions,
): Promise<SheetImage[]> {
  const { manifest } = dataset;
  const labels = await dataset.labels('train');
  const indices = drawSpread(labels, count, seed);
  const [{ extents, pixels }, ids] = await Promise.all([readImages(dataset, 'train', indices), dataset.ids('train')]);
  const { channels } = manifest;
  const test = testFraming(manifest, protocol);
  const plain = seenImages(pixels, sampleForTest(extents, test), extents, test, channels);
  const training = trainingFraming(manifest, protocol);
  const random = stream(seed, 'contact-sheet-augmentation');
  const augmented = Array.from({ length: augmentations }, () => {
    const { crops, flips, lighting } = drawAugmentation(
      random,
      protocol.augmentation,
      extents,
      manifest,
      training.size,
    );
    const samples = sampleCrops(extents, crops, flips, training.size, training.rule);
    return seenImages(pixels, samples, extents, training, channels, lighting);
  });
  return Array.from(indices, (index, image) => ({
    id: ids[index]!,
    label: labels[index]!,
    plain: plain[image]!,
    augmented: augmented.map((drawn) => drawn[image]!),
  }));
}

/** So many images, of each class one before any class has two; indices by label. */
function drawSpread(labels: Uint16Array, count: number, seed: number): Int32Array {
  const rounds = new Map<number, number>();
  return Int32Array.from(
    stream(seed, 'contact-sheet')
      .shuffled(Array.from(labels.keys()))
      .map((index) => {
        const round = rounds.get(labels[index]!) ?? 0;
        rounds.set(labels[index]!, round + 1);
        return { index, round };
      })
      .sort((a, b) => a.round - b.round)
      .slice(0, count)
      .map(({ index }) => index)
      .sort((a, b) => labels[a]! - labels[b]! || a - b),
  );
}

/** Sampled images in grey levels; `lighting` is [images, channels] in [0, 1]. */
function seenImages(
  pixels: Uint8Array,
  samples: Samples,
  { starts }: ImageExtents,
  { size, rule: { taps } }: { size: number; rule: { taps: number } },
  channels: number,
  lighting?: Float32Array,
): RawImage[] {
  const values = samplePixels(pixels, samples, { size, taps, channels });
  const imageLength = size * size * channels;
  return Array.from(starts, (_, image) => ({
    pixels: Uint8Array.from({ length: imageLength }, (_, index) => {
      const lit = values[image * imageLength + index]! + 255 * (lighting?.[image * channels + (index % channels)] ?? 0);
      return Math.min(255, Math.max(0, Math.round(lit)));
    }),
    height: size,
    width: size,
    channels,
  }));
}

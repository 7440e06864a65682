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
  /** Id in the downloaded dataset. */
  id: string;
  label: number;
  /** Cropped like test images. */
  plain: RawImage;
  /** Several augmented versions. */
  augmented: RawImage[];
}

export interface SheetOptions {
  protocol: Pick<RunningProtocol, 'augmentation' | 'imageSize' | 'testShortSide'>;
  images: number;
  /** Number of augmented versions of each image. */
  augmentations: number;
  seed: number;
}

/** Draws training images at random from as many classes as possible, sorts them by label, and augments each several times. */
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

/** Draws `count` images, one from every class before any class has two; returns their indices sorted by label. */
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

/** Samples images as values 0 to 255; `lighting` is [images, channels] on the scale [0, 1]. */
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

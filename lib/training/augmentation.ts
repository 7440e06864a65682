import type { RandomStream } from '../core/random.ts';
import type { Augmentation } from './protocol.ts';
import { centralCrop, type Crop, type ImageExtents } from './sampling.ts';
import type { AugmentationParameters, DatasetDescription } from './session.ts';

/** Draws the augmentation of a batch of images, as pycls does (`pycls/datasets/transforms.py`). */
export function drawAugmentation(
  rng: RandomStream,
  augmentation: Augmentation,
  { heights, widths }: Pick<ImageExtents, 'heights' | 'widths'>,
  { channels, pca }: Pick<DatasetDescription, 'channels' | 'pca'>,
  networkSize: number,
): AugmentationParameters {
  const count = heights.length;
  const crops = new Float64Array(4 * count);
  const flips = new Uint8Array(count);
  const lighting = new Float32Array(channels * count);
  for (let image = 0; image < count; image++) {
    crops.set(drawCrop(rng, augmentation.crop, heights[image]!, widths[image]!, networkSize), 4 * image);
    if (augmentation.horizontalFlip) flips[image] = rng.integer(2);
    if (augmentation.pcaLighting > 0) lighting.set(drawLighting(rng, augmentation.pcaLighting, pca), channels * image);
  }
  return { crops, flips, lighting };
}

/** Returns the parameters that take the central square of every image, resized to the network's input size. */
export function noAugmentation(
  { heights, widths }: Pick<ImageExtents, 'heights' | 'widths'>,
  channels: number,
  networkSize: number,
): AugmentationParameters {
  const count = heights.length;
  const crops = new Float64Array(4 * count);
  for (let image = 0; image < count; image++)
    crops.set(centralCrop(heights[image]!, widths[image]!, networkSize, networkSize), 4 * image);
  return { crops, flips: new Uint8Array(count), lighting: new Float32Array(channels * count) };
}

function drawCrop(
  rng: RandomStream,
  crop: Augmentation['crop'],
  height: number,
  width: number,
  networkSize: number,
): Crop {
  switch (crop.kind) {
    case 'none':
      return centralCrop(height, width, networkSize, networkSize);
    case 'pad': {
      const place = (length: number) => rng.integer(length + 2 * crop.padding - networkSize + 1) - crop.padding;
      const y = place(height);
      const x = place(width);
      return [y, x, y + networkSize, x + networkSize];
    }
    case 'random-sized':
      return drawSizedCrop(rng, crop, height, width) ?? centralCrop(height, width, networkSize, networkSize);
  }
}

const cropAttempts = 10;

/** Draws a crop of random area and aspect ratio (Szegedy et al. 2015); undefined if none of ten draws fits into the image. */
function drawSizedCrop(
  rng: RandomStream,
  { area, aspectRatio }: Extract<Augmentation['crop'], { kind: 'random-sized' }>,
  imageHeight: number,
  imageWidth: number,
): Crop | undefined {
  const between = ([low, high]: readonly [number, number]) => low + (high - low) * rng.uniform();
  for (let attempt = 0; attempt < cropAttempts; attempt++) {
    const pixels = imageHeight * imageWidth * between(area);
    const ratio = between(aspectRatio);
    let width = Math.round(Math.sqrt(pixels * ratio));
    let height = Math.round(Math.sqrt(pixels / ratio));
    if (rng.uniform() < 0.5) [width, height] = [height, width];
    if (width < 1 || height < 1 || width > imageWidth || height > imageHeight) continue;
    const y = rng.integer(imageHeight - height + 1);
    const x = rng.integer(imageWidth - width + 1);
    return [y, x, y + height, x + width];
  }
  return undefined;
}

/** Draws the lighting noise added to each channel: eigenvectors times normal draws times eigenvalues (Krizhevsky et al. 2012). */
function drawLighting(
  rng: RandomStream,
  std: number,
  { eigenvalues, eigenvectors }: DatasetDescription['pca'],
): number[] {
  const weights = eigenvalues.map((eigenvalue) => std * rng.normal() * eigenvalue);
  return eigenvectors.map((row) => row.reduce((sum, value, component) => sum + value * weights[component]!, 0));
}

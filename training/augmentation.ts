import type { RandomStream } from '../core/random.ts';
import type { Augmentation } from './protocol.ts';
import type { AugmentationParameters, DatasetDescription } from './session.ts';

type Crop = readonly [y0: number, x0: number, y1: number, x1: number];

/** Draws the augmentation of a batch of images, as pycls does (`pycls/datasets/transforms.py`). */
export function drawAugmentation(
  rng: RandomStream,
  augmentation: Augmentation,
  count: number,
  { imageSize, channels, pca }: DatasetDescription,
  networkSize: number,
): AugmentationParameters {
  const crops = new Float64Array(4 * count);
  const flips = new Uint8Array(count);
  const lighting = new Float32Array(channels * count);
  for (let image = 0; image < count; image++) {
    crops.set(drawCrop(rng, augmentation.crop, imageSize, networkSize), 4 * image);
    if (augmentation.horizontalFlip) flips[image] = rng.integer(2);
    if (augmentation.pcaLighting > 0) lighting.set(drawLighting(rng, augmentation.pcaLighting, pca), channels * image);
  }
  return { crops, flips, lighting };
}

/** The parameters that leave every image as it is, resized to what the network sees. */
export function noAugmentation(count: number, { imageSize, channels }: DatasetDescription): AugmentationParameters {
  const crops = new Float64Array(4 * count);
  for (let image = 0; image < count; image++) crops.set([0, 0, imageSize, imageSize], 4 * image);
  return { crops, flips: new Uint8Array(count), lighting: new Float32Array(channels * count) };
}

function drawCrop(rng: RandomStream, crop: Augmentation['crop'], imageSize: number, networkSize: number): Crop {
  switch (crop.kind) {
    case 'none':
      return [0, 0, imageSize, imageSize];
    case 'pad': {
      const places = imageSize + 2 * crop.padding - networkSize + 1;
      const y = rng.integer(places) - crop.padding;
      const x = rng.integer(places) - crop.padding;
      return [y, x, y + networkSize, x + networkSize];
    }
    case 'random-sized':
      return drawSizedCrop(rng, crop, imageSize);
  }
}

const cropAttempts = 10;

/** A crop of random area and aspect ratio (Szegedy et al. 2015); the whole image where ten draws do not fit into it. */
function drawSizedCrop(
  rng: RandomStream,
  { area, aspectRatio }: Extract<Augmentation['crop'], { kind: 'random-sized' }>,
  imageSize: number,
): Crop {
  const between = ([low, high]: readonly [number, number]) => low + (high - low) * rng.uniform();
  for (let attempt = 0; attempt < cropAttempts; attempt++) {
    const pixels = imageSize ** 2 * between(area);
    const ratio = between(aspectRatio);
    let width = Math.round(Math.sqrt(pixels * ratio));
    let height = Math.round(Math.sqrt(pixels / ratio));
    if (rng.uniform() < 0.5) [width, height] = [height, width];
    if (width < 1 || height < 1 || width > imageSize || height > imageSize) continue;
    const y = rng.integer(imageSize - height + 1);
    const x = rng.integer(imageSize - width + 1);
    return [y, x, y + height, x + width];
  }
  return [0, 0, imageSize, imageSize];
}

/** What lighting adds to each channel: eigenvectors times normal draws times eigenvalues (Krizhevsky et al. 2012). */
function drawLighting(
  rng: RandomStream,
  std: number,
  { eigenvalues, eigenvectors }: DatasetDescription['pca'],
): number[] {
  const weights = eigenvalues.map((eigenvalue) => std * rng.normal() * eigenvalue);
  return eigenvectors.map((row) => row.reduce((sum, value, component) => sum + value * weights[component]!, 0));
}

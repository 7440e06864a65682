import type { AugmentationParameters } from './session.ts';

/**
 * Crops and flips as the eight numbers an image that the graph resamples by: [n, 8], output pixel (x, y) is read at
 * (t0 x + t1 y + t2, t3 x + t4 y + t5). Pixel centers are at half-integers, so a crop of its own size is read exactly.
 */
export function cropTransforms(
  { crops, flips }: Pick<AugmentationParameters, 'crops' | 'flips'>,
  outputSize: number,
): Float32Array {
  const transforms = new Float32Array(flips.length * 8);
  flips.forEach((flip, image) => {
    const [y0, x0, y1, x1] = crops.subarray(4 * image, 4 * image + 4) as unknown as [number, number, number, number];
    const yScale = (y1 - y0) / outputSize;
    const xScale = (x1 - x0) / outputSize;
    const xRow = flip === 0 ? [xScale, 0, x0 + xScale / 2 - 0.5] : [-xScale, 0, x1 - xScale / 2 - 0.5];
    transforms.set([...xRow, 0, yScale, y0 + yScale / 2 - 0.5], 8 * image);
  });
  return transforms;
}

/**
 * The test-time transform, [1, 8]: the image's side is resized to `shortSide` and the central `outputSize` pixels are kept
 * (an odd margin is larger above and on the left, as in pycls).
 */
export function testTransform(preparedSize: number, shortSide: number, outputSize: number): Float32Array {
  const scale = preparedSize / shortSide;
  const start = Math.ceil((shortSide - outputSize) / 2) * scale;
  const end = start + outputSize * scale;
  return cropTransforms({ crops: Float64Array.of(start, start, end, end), flips: new Uint8Array(1) }, outputSize);
}

/** Consecutive images in a buffer of pixels: for each, the position of its first pixel, and its size. */
export interface ImageExtents {
  starts: Int32Array;
  heights: Uint16Array;
  widths: Uint16Array;
}

/** A part of an image, given by its edges, which may lie between pixels or outside the image: y0, x0, y1, x1. */
export type Crop = readonly [y0: number, x0: number, y1: number, x1: number];

/** The rule by which crops are sampled. */
export interface SamplingRule {
  /** Number of pixels along each axis that a pixel is interpolated from; 1 if crops are neither resized nor between pixels. */
  taps: 1 | 2;
  /**
   * Values beyond the edge: the edge of the crop repeated, as if it had been cut out first (pycls), the edge of the image repeated, or
   * zero.
   */
  edge: 'crop' | 'image' | 'zero';
}

/**
 * The pixels that make up crops of images, and their weights: pixel (i, j) of crop n is the sum over taps a and b of rowWeights[a, n, i]
 * columnWeights[b, n, j] pixels[rows[a, n, i] + columns[b, n, j]]. All arrays are [taps, crops, size]. Half-pixel centers, bilinear without
 * antialiasing, as in OpenCV.
 */
export interface Samples {
  rows: Int32Array;
  columns: Int32Array;
  rowWeights: Float32Array;
  columnWeights: Float32Array;
}

/**
 * Returns the samples for one crop of each image.
 * @param crops [images, 4]
 * @param flips [images]: 1 for a crop that is mirrored
 */
export function sampleCrops(
  { starts, heights, widths }: ImageExtents,
  crops: Float64Array,
  flips: Uint8Array,
  size: number,
  { taps, edge }: SamplingRule,
): Samples {
  const count = flips.length;
  const of = () => new Int32Array(taps * count * size);
  const samples = { rows: of(), columns: of(), rowWeights: new Float32Array(taps * count * size) };
  const columnWeights = new Float32Array(taps * count * size);
  for (let image = 0; image < count; image++) {
    const [y0, x0, y1, x1] = crops.subarray(4 * image, 4 * image + 4) as unknown as Crop;
    const [height, width] = [heights[image]!, widths[image]!];
    for (let pixel = 0; pixel < size; pixel++) {
      const column = flips[image] === 1 ? size - 1 - pixel : pixel;
      for (let tap = 0; tap < taps; tap++) {
        const at = (tap * count + image) * size;
        const [row, rowWeight] = sampleAxis(y0, y1, pixel, size, tap, taps, height, edge);
        samples.rows[at + pixel] = starts[image]! + row * width;
        samples.rowWeights[at + pixel] = rowWeight;
        const [x, columnWeight] = sampleAxis(x0, x1, column, size, tap, taps, width, edge);
        samples.columns[at + pixel] = x;
        columnWeights[at + pixel] = columnWeight;
      }
    }
  }
  return { ...samples, columnWeights };
}

/** Returns the position of a tap of output pixel `index` along an axis of `length` pixels, and its weight. */
function sampleAxis(
  start: number,
  end: number,
  index: number,
  size: number,
  tap: number,
  taps: number,
  length: number,
  edge: SamplingRule['edge'],
): readonly [position: number, weight: number] {
  const center = start + ((index + 0.5) * (end - start)) / size - 0.5;
  const first = taps === 1 ? Math.round(center) : Math.floor(center);
  const position = first + tap;
  if (edge === 'zero' && (position < 0 || position >= length)) return [0, 0];
  const low = edge === 'crop' ? Math.max(0, Math.floor(start)) : 0;
  const high = edge === 'crop' ? Math.min(length, Math.ceil(end)) - 1 : length - 1;
  const weight = taps === 1 ? 1 : tap === 0 ? 1 - (center - first) : center - first;
  return [Math.min(Math.max(position, low), high), weight];
}

/**
 * Returns the part of an image that is used for testing, as in pycls: the short side is resized to `shortSide`, the long one in proportion,
 * rounded down, and the central `size` pixels are kept (an odd margin is larger above and on the left).
 */
export function centralCrop(height: number, width: number, shortSide: number, size: number): Crop {
  const resized = (length: number, other: number) => {
    if (length <= other) return shortSide;
    return other === shortSide ? length : Math.floor((length / other) * shortSide);
  };
  const along = (length: number, other: number): readonly [number, number] => {
    const scale = length / resized(length, other);
    const start = Math.ceil((resized(length, other) - size) / 2) * scale;
    return [start, start + size * scale];
  };
  const [y0, y1] = along(height, width);
  const [x0, x1] = along(width, height);
  return [y0, x0, y1, x1];
}

/** Samples pixels, uint8 [pixels, channels], as float64 [crops, size, size, channels]: the same as the graph, in plain loops. */
export function samplePixels(
  pixels: Uint8Array,
  { rows, columns, rowWeights, columnWeights }: Samples,
  { size, taps, channels }: { size: number; taps: number; channels: number },
): Float64Array {
  const count = rows.length / taps / size;
  const result = new Float64Array(count * size * size * channels);
  let index = 0;
  for (let crop = 0; crop < count; crop++)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        for (let channel = 0; channel < channels; channel++, index++)
          for (let a = 0; a < taps; a++)
            for (let b = 0; b < taps; b++) {
              const [row, column] = [(a * count + crop) * size + i, (b * count + crop) * size + j];
              const pixel = pixels[(rows[row]! + columns[column]!) * channels + channel]!;
              result[index]! += rowWeights[row]! * columnWeights[column]! * pixel;
            }
  return result;
}

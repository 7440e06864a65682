import { hash } from 'node:crypto';
import type { RawImage, Region } from '../source.ts';
import type { PixelKernel } from './pixel-kernel.ts';
import { resampling, type Span } from './resampling.ts';

/** The form to which all images of a dataset are converted. */
export interface ImageForm {
  /** Pixels: the side of squares, or the largest short side. */
  size: number;
  fit: 'square' | 'short-side';
  /** 1 (grey) or 3. */
  channels: number;
}

/** An image as it is stored, with the hash and sums that are stored beside it. */
export interface FittedImage extends RawImage {
  /** SHA-256 of the pixels, 32 bytes. */
  hash: Uint8Array;
  /** `PixelKernel.sums` of the pixels. */
  sums: Float64Array;
}

/** Maximum ratio of the long side to the short one: a longer image is cropped evenly at both ends. */
export const longestAspect = 16;

/**
 * Converts an image to the form of its dataset.
 *
 * `square`: the central square, resized with antialiasing like the bilinear filters of Pillow and TensorFlow. `short-side`: the whole
 * image; if its short side is longer than `size`, it is resized to `size`, as pycls does before testing (bilinear without
 * antialiasing, the long side rounded down); otherwise the image is unchanged.
 */
export function fitImage(image: RawImage, { size, fit, channels }: ImageForm, kernel: PixelKernel): FittedImage {
  const source = image.channels === channels ? image : withChannels(image, channels);
  const { pixels, height, width } = fit === 'square' ? square(source, size, kernel) : shortSide(source, size, kernel);
  const sums = kernel.sums(pixels, channels);
  return { pixels, height, width, channels, hash: hash('sha256', pixels, 'buffer'), sums };
}

function square(image: RawImage, size: number, kernel: PixelKernel): RawImage {
  const { height, width, channels } = image;
  if (height === size && width === size) return image;
  const side = Math.min(height, width);
  const central = (length: number): Span => ({ start: Math.floor((length - side) / 2), length: side });
  const rows = resampling(central(height), height, size, true);
  const columns = resampling(central(width), width, size, true);
  return { pixels: kernel.resize(image, rows, columns), height: size, width: size, channels };
}

function shortSide(image: RawImage, size: number, kernel: PixelKernel): RawImage {
  const cut = withinAspect(image);
  const { height, width, channels } = cut;
  if (Math.min(height, width) <= size) return cut;
  const [outHeight, outWidth] = shortSideSize(height, width, size);
  const rows = resampling({ start: 0, length: height }, height, outHeight, false);
  const columns = resampling({ start: 0, length: width }, width, outWidth, false);
  return { pixels: kernel.resize(cut, rows, columns), height: outHeight, width: outWidth, channels };
}

/** Returns the height and width of an image after its short side is resized to `size`, rounded as in pycls. */
function shortSideSize(height: number, width: number, size: number): [height: number, width: number] {
  return width < height ? [Math.floor((height / width) * size), size] : [size, Math.floor((width / height) * size)];
}

function withinAspect(image: RawImage): RawImage {
  const { height, width } = image;
  const longest = longestAspect * Math.min(height, width);
  if (Math.max(height, width) <= longest) return image;
  const [h, w] = [Math.min(height, longest), Math.min(width, longest)];
  return cropped(image, { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h });
}

/** Returns the part of an image in a region, which must lie inside the image. */
export function cropped({ pixels, width, channels }: RawImage, region: Region): RawImage {
  const row = region.width * channels;
  const part = new Uint8Array(region.height * row);
  for (let y = 0; y < region.height; y++) {
    const start = ((region.top + y) * width + region.left) * channels;
    part.set(pixels.subarray(start, start + row), y * row);
  }
  return { pixels: part, height: region.height, width: region.width, channels };
}

/**
 * Converts an image to another number of channels: grey is repeated three times for colour; colour becomes grey by the luma of
 * ITU-R BT.601 in 16-bit integers, like Pillow's `L`. An alpha channel (the fourth, or the second of two) is dropped.
 */
function withChannels({ pixels, height, width, channels }: RawImage, wanted: number): RawImage {
  const count = height * width;
  const result = new Uint8Array(count * wanted);
  for (let pixel = 0; pixel < count; pixel++) {
    const at = pixel * channels;
    const red = pixels[at]!;
    const [green, blue] = channels < 3 ? [red, red] : [pixels[at + 1]!, pixels[at + 2]!];
    if (wanted === 1) result[pixel] = channels < 3 ? red : (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    else result.set([red, green, blue], pixel * 3);
  }
  return { pixels: result, height, width, channels: wanted };
}

import { decode as decodeBmp } from '@cwasm/nsbmp';
import sharp, { type Sharp } from 'sharp';
import type { RawImage } from '../source.ts';
import { imageFormat } from './image-format.ts';
import { jpegComponents } from './jpeg-components.ts';

/** Maximum pixels of an image, about 8000 x 8000: a file that claims more is not an image of a dataset. */
export const mostPixels = 2 ** 26;

/** An image that cannot be decoded; the message says why. */
export class UndecodableImage extends Error {
  override name = 'UndecodableImage';
}

// Parallelism comes from decoding several images at a time; nothing is decoded twice.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Decodes the first frame of a JPEG, PNG, GIF, WebP, TIFF or BMP file to 8-bit sRGB, rotated according to its EXIF orientation.
 *
 * Matches OpenCV's `imread`, which pycls uses: JPEG and PNG files give bit-identical pixels; colour profiles are ignored,
 * transparency is dropped, 16-bit values keep their high byte. It uses libjpeg-turbo's accurate integer decoding, which gives the
 * same result on every processor.
 * @returns uint8, [height, width, 3]
 * @throws UndecodableImage if the bytes are truncated, damaged, not an image, or an image of more than `mostPixels`
 */
export async function decodeImage(bytes: Buffer): Promise<RawImage> {
  const format = imageFormat(bytes);
  if (format === undefined)
    throw new UndecodableImage(
      bytes.length === 0 ? 'the file is empty' : 'not a JPEG, PNG, GIF, WebP, TIFF or BMP file',
    );
  try {
    if (format === 'bmp') return bmp(bytes);
    const isCmyk =
      format === 'jpeg'
        ? jpegComponents(bytes) === 4
        : format === 'tiff' && (await open(bytes).metadata()).space === 'cmyk';
    return isCmyk ? await cmyk(bytes) : await pixelsOf(open(bytes).autoOrient().removeAlpha().toColourspace('srgb'));
  } catch (error) {
    if (error instanceof UndecodableImage) throw error;
    throw new UndecodableImage(`damaged ${format.toUpperCase()} file: ${firstLine(error)}`, { cause: error });
  }
}

const open = (bytes: Buffer) => sharp(bytes, { failOn: 'error', ignoreIcc: true, limitInputPixels: mostPixels });

async function pixelsOf(image: Sharp): Promise<RawImage> {
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { pixels: data, height: info.height, width: info.width, channels: info.channels };
}

/** CMYK as OpenCV converts it, in integers: libvips would go through a colour profile in floating point. */
async function cmyk(bytes: Buffer): Promise<RawImage> {
  const inks = await pixelsOf(open(bytes).autoOrient().pipelineColourspace('cmyk').toColourspace('cmyk'));
  if (inks.channels !== 4) throw new UndecodableImage(`a CMYK image must have 4 channels, got ${inks.channels}`);
  const pixels = new Uint8Array(inks.height * inks.width * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
    const light = 255 - inks.pixels[from + 3]!;
    for (let ink = 0; ink < 3; ink++) pixels[to + ink] = light - ((inks.pixels[from + ink]! * light) >> 8);
  }
  return { pixels, height: inks.height, width: inks.width, channels: 3 };
}

function bmp(bytes: Buffer): RawImage {
  // Width and height are in the image header, after the 14-byte file header; a negative height means that rows start at the top.
  const claimed = bytes.length < 26 ? 0 : bytes.readInt32LE(18) * Math.abs(bytes.readInt32LE(22));
  if (claimed > mostPixels) throw new UndecodableImage(`BMP file of ${claimed} pixels, more than ${mostPixels}`);
  const { data, height, width } = decodeBmp(bytes);
  const pixels = new Uint8Array(height * width * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) pixels.set(data.subarray(from, from + 3), to);
  return { pixels, height, width, channels: 3 };
}

const firstLine = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.trim();

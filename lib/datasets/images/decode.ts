import type { Metadata, Sharp } from 'sharp';
import type { RawImage } from '../source.ts';
import { decodeBmp } from './decode-bmp.ts';
import { imageFormat, type ImageFormat } from './image-format.ts';
import { jpegComponents } from './jpeg-components.ts';
import { loadSharp } from './load-sharp.ts';
import { checkPixels, mostPixels, UndecodableImage } from './undecodable-image.ts';

/**
 * Decodes the first frame of a JPEG, PNG, GIF, WebP, TIFF or BMP file to 8-bit sRGB, rotated according to its EXIF orientation.
 *
 * Matches OpenCV's `imread`, which pycls uses: JPEG and PNG files give bit-identical pixels; colour profiles are ignored, transparency is
 * dropped, 16-bit values keep their high byte. It uses libjpeg-turbo's accurate integer decoding, which gives the same result on every
 * processor.
 * @returns uint8, [height, width, 3]
 * @throws UndecodableImage if the bytes are truncated, damaged, not an image, or an image of more than `mostPixels`; also for a TIFF file
 * with values other than 8 or 16 unsigned bits, since nothing defines its black and white
 */
export async function decodeImage(bytes: Buffer): Promise<RawImage> {
  const format = imageFormat(bytes);
  if (format === undefined)
    throw new UndecodableImage(
      bytes.length === 0 ? 'the file is empty' : 'not a JPEG, PNG, GIF, WebP, TIFF or BMP file',
    );
  try {
    if (format === 'bmp') return decodeBmp(bytes);
    return (await isCmyk(bytes, format))
      ? await cmyk(bytes)
      : await pixelsOf((await open(bytes)).autoOrient().removeAlpha().toColourspace('srgb'));
  } catch (error) {
    if (error instanceof UndecodableImage) throw error;
    await checkClaim(bytes);
    throw new UndecodableImage(`damaged or unsupported ${format.toUpperCase()} file: ${firstLine(error)}`, {
      cause: error,
    });
  }
}

const open = async (bytes: Buffer) =>
  (await loadSharp())(bytes, { failOn: 'error', ignoreIcc: true, limitInputPixels: mostPixels });

async function isCmyk(bytes: Buffer, format: ImageFormat): Promise<boolean> {
  if (format === 'jpeg') return jpegComponents(bytes) === 4;
  if (format !== 'tiff') return false;
  const metadata = await (await open(bytes)).metadata();
  checkTiff(metadata);
  return metadata.space === 'cmyk';
}

/** Common names of TIFF values that are refused, by their names in libvips. */
const refusedDepths: Partial<Record<Metadata['depth'], string>> = {
  char: 'signed 8-bit',
  short: 'signed 16-bit',
  int: 'signed 32-bit',
  uint: 'unsigned 32-bit',
  float: 'floating-point',
  double: 'floating-point',
  complex: 'complex',
  dpcomplex: 'complex',
};

/** @throws UndecodableImage if the values or channels of a TIFF file are not those of a picture */
function checkTiff({ depth, channels, space }: Metadata): void {
  if (depth !== 'uchar' && depth !== 'ushort')
    throw new UndecodableImage(
      `TIFF file of ${refusedDepths[depth] ?? depth} values: convert it to unsigned values of 8 or 16 bits`,
    );
  // Grey with further channels is a stack of bands, e.g. from a satellite: only the user knows which three of them to show.
  const most = space === 'b-w' || space === 'grey16' ? 2 : space === 'cmyk' ? 5 : 4;
  if (channels > most) throw new UndecodableImage(`TIFF file of ${channels} channels: convert it to grey or colour`);
}

/** @throws UndecodableImage if the file was not decoded because of its number of pixels */
async function checkClaim(bytes: Buffer): Promise<void> {
  const sharp = await loadSharp();
  const { width, height } = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => ({ width: 0, height: 0 }));
  checkPixels(width, height);
}

async function pixelsOf(image: Sharp): Promise<RawImage> {
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { pixels: data, height: info.height, width: info.width, channels: info.channels };
}

/** Converts CMYK as OpenCV does, in integers: libvips would use a colour profile and floating point. */
async function cmyk(bytes: Buffer): Promise<RawImage> {
  const inks = await pixelsOf((await open(bytes)).autoOrient().pipelineColourspace('cmyk').toColourspace('cmyk'));
  if (inks.channels !== 4) throw new UndecodableImage(`a CMYK image must have 4 channels, got ${inks.channels}`);
  const pixels = new Uint8Array(inks.height * inks.width * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
    const light = 255 - inks.pixels[from + 3]!;
    for (let ink = 0; ink < 3; ink++) pixels[to + ink] = light - ((inks.pixels[from + ink]! * light) >> 8);
  }
  return { pixels, height: inks.height, width: inks.width, channels: 3 };
}

const firstLine = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.trim();

import type { RawImage } from '../source.ts';
import { loadSharp } from './load-sharp.ts';

/** Encodes an image as a PNG file, grey or RGB. */
export async function encodePng({ pixels, height, width, channels }: RawImage): Promise<Buffer> {
  if (channels !== 1 && channels !== 3) throw new RangeError(`channels must be 1 or 3, got ${channels}`);
  const sharp = await loadSharp();
  const image = sharp(pixels, { raw: { height, width, channels } });
  return (channels === 1 ? image.toColourspace('b-w') : image).png().toBuffer();
}

import type { RawImage } from '../source.ts';
import { loadSharp } from './load-sharp.ts';

/** An image as a PNG file. */
export async function encodePng({ pixels, height, width, channels }: RawImage): Promise<Buffer> {
  if (channels !== 1 && channels !== 3) throw new RangeError(`channels must be 1 or 3, got ${channels}`);
  const sharp = await loadSharp();
  return sharp(pixels, { raw: { height, width, channels } }).png().toBuffer();
}

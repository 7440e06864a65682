import sharp from 'sharp';
import type { RawImage } from '../source.ts';

/** An image as a PNG file. */
export function encodePng({ pixels, height, width, channels }: RawImage): Promise<Buffer> {
  if (channels !== 1 && channels !== 3) throw new RangeError(`channels must be 1 or 3, got ${channels}`);
  return sharp(pixels, { raw: { height, width, channels } }).png().toBuffer();
}

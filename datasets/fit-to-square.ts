import { DatasetError } from './dataset-error.ts';
import type { RawImage } from './source.ts';

/**
 * An image as a square: the short side resized to `size` (bilinear, antialiased when shrinking), then the center cropped.
 * An image of the right size is returned as it is.
 * @returns uint8, [size, size, channels]
 * @throws DatasetError where the image has another number of channels
 */
export async function fitToSquare(image: RawImage, size: number, channels: number): Promise<Uint8Array> {
  if (image.channels !== channels)
    throw new DatasetError(`an image must have ${channels} channels, got ${image.channels}`);
  if (image.height === size && image.width === size) return image.pixels;
  // Plane by plane: libvips would take a fourth channel for transparency and blend with it.
  const planes = await Promise.all(
    Array.from({ length: channels }, (_, channel) => fitPlane(plane(image, channel), image, size)),
  );
  const pixels = new Uint8Array(size * size * channels);
  planes.forEach((values, channel) => {
    for (let i = 0; i < size * size; i++) pixels[i * channels + channel] = values[i]!;
  });
  return pixels;
}

function plane({ pixels, channels }: RawImage, channel: number): Uint8Array {
  return Uint8Array.from({ length: pixels.length / channels }, (_, i) => pixels[i * channels + channel]!);
}

async function fitPlane(
  values: Uint8Array,
  { width, height }: Pick<RawImage, 'width' | 'height'>,
  size: number,
): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  return sharp(values, { raw: { width, height, channels: 1 } })
    .resize(size, size, { fit: 'cover', position: 'centre', kernel: 'linear' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
}

import type { DatasetSource, LeftOut, RawImage, ReadOptions, SourceImages } from '../source.ts';

export interface PixelSourceParts {
  classes: readonly string[];
  images: SourceImages;
  /** The pixels of an image; they must not change afterwards. */
  image: (index: number) => RawImage;
  leftOut?: readonly LeftOut[];
  notes?: readonly string[];
}

/** Creates a dataset whose pixels are in memory. */
export function pixelSource({ classes, images, image, leftOut = [], notes = [] }: PixelSourceParts): DatasetSource {
  // eslint-disable-next-line @typescript-eslint/require-await -- the contract is asynchronous, memory is not
  async function* read({ from = 0, wanted = () => true, signal }: ReadOptions = {}) {
    for (let index = from; index < images.ids.length; index++) {
      signal?.throwIfAborted();
      if (wanted(index)) yield { index, content: { kind: 'pixels' as const, image: image(index) } };
    }
  }
  return { classes, images, leftOut, notes, isDecoded: true, read };
}

/** Returns ids for the images in one file: `data_batch_1.bin#00042`. */
export const idsWithin = (file: string, images: number): string[] => {
  const digits = String(Math.max(0, images - 1)).length;
  return Array.from({ length: images }, (_, index) => `${file}#${String(index).padStart(digits, '0')}`);
};

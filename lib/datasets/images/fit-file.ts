import type { Region } from '../source.ts';
import { decodeImage } from './decode.ts';
import { cropped, fitImage, type FittedImage, type ImageForm } from './fit-image.ts';
import type { PixelKernel } from './pixel-kernel.ts';
import { UndecodableImage } from './undecodable-image.ts';

/** An image file and the regions of it that are images of the dataset; a null region is the whole file. */
export interface ImageFile {
  bytes: Uint8Array;
  regions: readonly (Region | null)[];
}

/** An image, or the reason in words why there is none. */
export type Fitting = FittedImage | { reason: string };

/** Decodes a file once and converts its regions, in order, to the form of their dataset. */
export async function fitFile({ bytes, regions }: ImageFile, form: ImageForm, kernel: PixelKernel): Promise<Fitting[]> {
  try {
    const image = await decodeImage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return regions.map((region) => {
      if (region === null) return fitImage(image, form, kernel);
      const { left, top, width, height } = region;
      if (left < 0 || top < 0 || left + width > image.width || top + height > image.height)
        return {
          reason: `the part of ${width} x ${height} pixels at (${left}, ${top}) is not inside the image of ${image.width} x ${image.height}`,
        };
      return fitImage(cropped(image, region), form, kernel);
    });
  } catch (error) {
    if (!(error instanceof UndecodableImage)) throw error;
    return regions.map(() => ({ reason: error.message }));
  }
}

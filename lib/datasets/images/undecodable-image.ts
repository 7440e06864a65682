/** Maximum pixels of an image, about 8000 x 8000: a file that claims more is not an image of a dataset. */
export const mostPixels = 2 ** 26;

/** An image that cannot be decoded; the message says why. */
export class UndecodableImage extends Error {
  override name = 'UndecodableImage';
}

/** @throws UndecodableImage if an image has more than `mostPixels` */
export function checkPixels(width: number, height: number): void {
  if (width * height > mostPixels)
    throw new UndecodableImage(
      `an image must have at most ${mostPixels.toLocaleString('en-US')} pixels, got ${width} x ${height}`,
    );
}

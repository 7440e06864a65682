import type Sharp from 'sharp';

let loading: Promise<typeof Sharp> | undefined;

/** Loads sharp, a native library, with the first image: most commands handle no images and should not wait for it. */
export const loadSharp = (): Promise<typeof Sharp> =>
  (loading ??= import('sharp').then(({ default: sharp }) => {
    // Parallelism comes from decoding several images at a time; nothing is decoded twice.
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  }));

import type Sharp from 'sharp';

let loading: Promise<typeof Sharp> | undefined;

/** sharp, a native library: it is loaded with the first image, as most commands come across none and need not wait for it. */
export const loadSharp = (): Promise<typeof Sharp> =>
  (loading ??= import('sharp').then(({ default: sharp }) => {
    // Parallelism comes from decoding several images at a time; nothing is decoded twice.
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  }));

import { readFile } from 'node:fs/promises';

/** A file of golden/images.py. */
export const golden = (name: string): Promise<Buffer> => readFile(new URL(`golden/${name}`, import.meta.url));

/** Mean absolute difference of two images of one size, in grey levels. */
export function meanDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return NaN;
  return a.reduce((sum, value, index) => sum + Math.abs(value - b[index]!), 0) / a.length;
}

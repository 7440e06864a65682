import { countBytes, lanes, type Kernel } from '../kernel/kernel.ts';
import { outcomeAlignment, type OutcomeTable } from '../table/image-outcomes.ts';
import type { Vector } from '../table/vectors.ts';
import { generatorStates } from './replicates.ts';

/**
 * Computes the errors of the architectures on resampled test images, drawn with replacement; the draws are the same for the same test set.
 * @param architectures number of architectures of the table
 * @returns by resample a vector over the architectures
 */
export function errorsOnDrawnImages(
  kernel: Kernel,
  { testSet, images, bits, stride, architectures: places }: OutcomeTable,
  { seed, resamples, architectures }: { seed: number; resamples: number; architectures: number },
): Vector[] {
  const start = kernel.allocate(0);
  const runs = places.length;
  const states = kernel.place(generatorStates(resamples, seed, `test images of ${testSet}`));
  const rows = kernel.place(bits);
  const counts = kernel.allocate(countBytes * images);
  const planes = kernel.allocate(mostPlanes * stride);
  const sums = kernel.allocate(4 * runs);
  const runsOf = new Int32Array(architectures);
  for (const place of places) runsOf[place]!++;
  const errors = Array.from({ length: resamples }, (_, resample) => {
    const lane = resample % lanes;
    if (lane === 0) kernel.int32(counts, lanes * images).fill(0);
    kernel.run.draw(states + 16 * resample, images, images, counts, lane);
    const planeCount = fillPlanes(kernel, kernel.int32(counts, lanes * images), lane, planes, stride);
    kernel.run.weightedBits(rows, stride, runs, planes, planeCount, sums);
    const wrong = new Float64Array(architectures);
    kernel.int32(sums, runs).forEach((sum, run) => (wrong[places[run]!]! += sum));
    return wrong.map((sum, place) => sum / (images * runsOf[place]!));
  });
  kernel.release(start);
  return errors;
}

/** Bits of a count: that an image is drawn 32 times has a probability of 1e-36. */
const mostPlanes = 5;

/** Lays out the counts of a lane bit by bit, as `weightedBits` reads them; returns the number of bits. */
function fillPlanes(kernel: Kernel, counts: Int32Array, lane: number, planes: number, stride: number): number {
  let most = 1;
  for (let at = lane; at < counts.length; at += lanes) most = Math.max(most, counts[at]!);
  const planeCount = 32 - Math.clz32(most);
  const bytes = kernel.bytes(planes, planeCount * stride).fill(0);
  for (let image = 0, at = lane; at < counts.length; image++, at += lanes) {
    const count = counts[at]!;
    if (count === 0) continue;
    const byte = image >> 3;
    const chunk = Math.floor(byte / outcomeAlignment);
    let to = planeCount * outcomeAlignment * chunk + (byte % outcomeAlignment);
    for (let bit = planeCount - 1; bit >= 0; bit--, to += outcomeAlignment)
      bytes[to]! |= ((count >> bit) & 1) << (image & 7);
  }
  return planeCount;
}

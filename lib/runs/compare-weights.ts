import { createHash } from 'node:crypto';
import { isState, parseState } from '../training/state-file.ts';

/** The agreement of two sets of weights. */
export interface WeightsComparison {
  isEqual: boolean;
  /**
   * Largest absolute difference between two weights; null if only checksums are known. The relative one is divided by the largest weight of
   * its array.
   */
  largestDifference: number | null;
  largestRelativeDifference: number | null;
}

/**
 * Returns the SHA-256 of trained weights over their names and values: it is equal for the same weights even if their files differ
 * otherwise. For a file without weights, as rehearsals leave, it is the SHA-256 of the bytes.
 * @throws DamagedState if the file is damaged
 */
export function weightsDigest(content: Buffer, path: string): string {
  const hash = createHash('sha256');
  if (!isState(content)) return hash.update(content).digest('hex');
  for (const [name, values] of parseState(content, path).state)
    hash
      .update(JSON.stringify([name, values.length]))
      .update(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest('hex');
}

/**
 * Compares stored weights, or their digest, with new ones; undefined if neither was kept.
 * @throws DamagedState if the stored weights are damaged
 */
export function compareWeights(
  stored: { content: Buffer | undefined; path: string; digest: string | undefined },
  now: Buffer,
): WeightsComparison | undefined {
  const { content, path } = stored;
  const digest = content === undefined ? stored.digest : weightsDigest(content, path);
  if (digest === undefined) return undefined;
  if (digest === weightsDigest(now, path)) return { isEqual: true, largestDifference: 0, largestRelativeDifference: 0 };
  const unknown = { isEqual: false, largestDifference: null, largestRelativeDifference: null };
  if (content === undefined || !isState(content) || !isState(now)) return unknown;
  const after = parseState(now, path).state;
  let [absolute, relative] = [0, 0];
  for (const [name, values] of parseState(content, path).state) {
    const others = after.get(name);
    if (others?.length !== values.length) return unknown;
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    values.forEach((value, index) => {
      const difference = Math.abs(value - others[index]!);
      absolute = Math.max(absolute, difference);
      if (scale > 0) relative = Math.max(relative, difference / scale);
    });
  }
  return { isEqual: false, largestDifference: absolute, largestRelativeDifference: relative };
}

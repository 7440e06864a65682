import type { NetworkState } from '../../../lib/training/session.ts';
import type { StoredState } from '../../../lib/training/state-file.ts';

/** A state after some epochs, with values that a decimal would not keep. */
export function stored(epochs: number, runKey = 'run'): StoredState {
  return {
    runKey,
    epochs,
    curve: Array.from({ length: epochs }, (_, index) => ({
      epoch: index + 1,
      learningRate: 0.1 / (index + 1),
      trainingLoss: 1 / 3,
      validationLoss: null,
      validationTop1Error: null,
      imagesPerSecond: 100,
    })),
    state: new Map([
      ['head.fc.weight', Float32Array.of(0.1, -0, NaN, Infinity, -Infinity, 1e-45, epochs)],
      ['empty', new Float32Array(0)],
      ['head.fc.weight/momentum', Float32Array.from({ length: 100 }, (_, index) => Math.sin(index))],
    ]),
  };
}

/** The bits of every array by name. */
export const bits = (state: NetworkState): [name: string, hex: string][] =>
  [...state].map(([name, { buffer, byteOffset, byteLength }]) => [
    name,
    Buffer.from(buffer, byteOffset, byteLength).toString('hex'),
  ]);

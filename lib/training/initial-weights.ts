import type { Layer } from '../design-space/layers.ts';
import type { RandomStream } from '../core/random.ts';
import { stateLayout } from './graph/state-layout.ts';
import type { NetworkState } from './session.ts';

/**
 * The state before training, as pycls initializes it: convolutions normal with std sqrt(2 / (kernel^2 width)), batch norm 1 and 0,
 * linear normal with std 0.01 and bias 0; momentum 0, running mean 0 and variance 1.
 */
export function initialState(layers: readonly Layer[], rng: RandomStream): NetworkState {
  const state = new Map<string, Float32Array>();
  const { convolutions, others, statistics } = stateLayout(layers);
  const linear = new Set(layers.filter(({ kind }) => kind === 'linear').map(({ name }) => `${name}.weight`));
  const normal = (size: number, std: number) => new Float32Array(size).map(() => std * rng.normal());
  for (const { name, shape, size } of convolutions) {
    const [kernel, , , width] = shape as [number, number, number, number];
    state.set(name, normal(size, Math.sqrt(2 / (kernel ** 2 * width))));
  }
  for (const { name, size } of others)
    state.set(
      name,
      linear.has(name) ? normal(size, 0.01) : new Float32Array(size).fill(name.endsWith('.weight') ? 1 : 0),
    );
  for (const { name, size } of [...convolutions, ...others]) state.set(`${name}/momentum`, new Float32Array(size));
  for (const { name, size } of statistics)
    state.set(name, new Float32Array(size).fill(name.endsWith('.running_var') ? 1 : 0));
  return state;
}

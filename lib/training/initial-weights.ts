import type { Layer } from '../design-space/layers.ts';
import type { RandomStream } from '../core/random.ts';
import { optimizerSlots } from './graph/optimizer.ts';
import { parametersOf, stateLayout, type StateLayout } from './graph/state-layout.ts';
import { slotEntry, type NetworkState } from './session.ts';

/**
 * Draws the state before training, as pycls initializes it: convolutions normal with std sqrt(2 / (kernelSize^2 width)), batch norm 1 and
 * 0, linear normal with std 0.01 and bias 0; running mean 0 and variance 1. The optimizer's slots are 0.
 */
export function initialState(layers: readonly Layer[], rng: RandomStream): NetworkState {
  const state = new Map<string, Float32Array>();
  const layout = stateLayout(layers);
  const { convolutions, others, statistics } = layout;
  const linear = new Set(layers.filter(({ kind }) => kind === 'linear').map(({ name }) => `${name}.weight`));
  const normal = (size: number, std: number) => new Float32Array(size).map(() => std * rng.normal());
  for (const { name, shape, size } of convolutions) {
    const [kernelSize, , , width] = shape as [number, number, number, number];
    state.set(name, normal(size, Math.sqrt(2 / (kernelSize ** 2 * width))));
  }
  for (const { name, size } of others)
    state.set(
      name,
      linear.has(name) ? normal(size, 0.01) : new Float32Array(size).fill(name.endsWith('.weight') ? 1 : 0),
    );
  for (const { name, size } of statistics)
    state.set(name, new Float32Array(size).fill(name.endsWith('.running_var') ? 1 : 0));
  return withFreshSlots(layout, state);
}

/** Adds to a state the optimizer's slots as they are before training. */
export function withFreshSlots(layout: StateLayout, state: NetworkState): NetworkState {
  const slots = optimizerSlots.flatMap((slot) =>
    parametersOf(layout).map(({ name, size }) => [slotEntry(name, slot), new Float32Array(size)] as const),
  );
  return new Map([...state, ...slots]);
}

import { entriesSize, type StateEntry } from './graph/state-layout.ts';
import type { NetworkState } from './session.ts';

/** The entries of a state, each under its name and a suffix, as one vector. */
export function flatValues(entries: readonly StateEntry[], state: NetworkState, suffix = ''): Float32Array {
  const values = new Float32Array(entriesSize(entries));
  let offset = 0;
  for (const { name, size } of entries) {
    const entry = state.get(name + suffix);
    if (entry?.length !== size)
      throw new Error(`the state must hold ${size} values of ${name}${suffix}, got ${entry?.length ?? 'none'}`);
    values.set(entry, offset);
    offset += size;
  }
  return values;
}

/** The entries of a vector under their names and a suffix. */
export function namedValues(
  entries: readonly StateEntry[],
  values: Float32Array,
  suffix = '',
): [string, Float32Array][] {
  let offset = 0;
  return entries.map(({ name, size }) => {
    offset += size;
    return [name + suffix, values.subarray(offset - size, offset)];
  });
}

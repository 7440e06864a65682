import { entriesSize, type StateEntry } from './graph/state-layout.ts';
import type { NetworkState } from './session.ts';

type Naming = (entry: string) => string;
const sameName: Naming = (entry) => entry;

/**
 * Joins entries of a state into one vector.
 * @param named maps an entry's name to its name in the state
 * @throws Error if an entry is missing or has the wrong size
 */
export function flatValues(entries: readonly StateEntry[], state: NetworkState, named = sameName): Float32Array {
  const values = new Float32Array(entriesSize(entries));
  let offset = 0;
  for (const { name, size } of entries) {
    const entry = state.get(named(name));
    if (entry?.length !== size)
      throw new Error(`the state must hold ${size} values of ${named(name)}, got ${entry?.length ?? 'none'}`);
    values.set(entry, offset);
    offset += size;
  }
  return values;
}

/** Splits a vector into its named entries: the inverse of `flatValues`. */
export function namedValues(
  entries: readonly StateEntry[],
  values: Float32Array,
  named = sameName,
): [string, Float32Array][] {
  let offset = 0;
  return entries.map(({ name, size }) => {
    offset += size;
    return [named(name), values.subarray(offset - size, offset)];
  });
}

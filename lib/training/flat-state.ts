import { entriesSize, type StateEntry } from './graph/state-layout.ts';
import type { NetworkState } from './session.ts';

type Naming = (entry: string) => string;
const sameName: Naming = (entry) => entry;

/**
 * Entries of a state as one vector.
 * @param named name in the state of an entry
 * @throws Error if an entry is missing or has another size
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

/** The entries of a vector by name: the inverse of `flatValues`. */
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

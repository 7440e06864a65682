import type { RegisteredKernel } from './tensorflow-api.ts';

/** The kernels that a TensorFlow library has for GPUs. */
export interface KernelTable {
  /** Version and build of the library. */
  library: string;
  /** The library's own messages about operations that are not deterministic on a GPU. */
  determinismMessages: string[];
  /**
   * The kernels of each operation for the devices GPU and DEFAULT. Each entry gives, for every constrained type attribute, the types that
   * may be combined; `{}` takes any. An operation that is missing has no kernel.
   */
  kernels: Record<string, Record<string, string[]>[]>;
}

/** Types by their numbers in types.proto. */
const typeNames: Record<number, string> = {
  1: 'float32',
  2: 'float64',
  3: 'int32',
  4: 'uint8',
  5: 'int16',
  6: 'int8',
  7: 'string',
  8: 'complex64',
  9: 'int64',
  10: 'bool',
  14: 'bfloat16',
  17: 'uint16',
  18: 'complex128',
  19: 'float16',
  20: 'resource',
  21: 'variant',
  22: 'uint32',
  23: 'uint64',
};

/** Returns the kernels for GPUs, by operation, in alphabetical order. */
export function gpuKernels(kernels: readonly RegisteredKernel[]): KernelTable['kernels'] {
  const byOp = new Map<string, Record<string, string[]>[]>();
  for (const { op, device, constraints } of kernels) {
    if (device !== 'GPU' && device !== 'DEFAULT') continue;
    const named = Object.entries(constraints)
      // A constraint on an attribute that is not a type lists no types.
      .filter(([, types]) => types.length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([attribute, types]) => [attribute, types.map((type) => typeNames[type] ?? `type ${type}`).sort()]);
    byOp.set(op, [...(byOp.get(op) ?? []), Object.fromEntries(named) as Record<string, string[]>]);
  }
  return Object.fromEntries(
    [...byOp].sort(([a], [b]) => (a < b ? -1 : 1)).map(([op, alternatives]) => [op, merged(alternatives)]),
  );
}

/** Returns the same combinations of types in fewer entries: two that differ in one attribute become one. */
function merged(alternatives: readonly Record<string, string[]>[]): Record<string, string[]>[] {
  const entries: Record<string, string[]>[] = [];
  for (const alternative of alternatives) {
    let current = alternative;
    for (let index = 0; index < entries.length; index++) {
      const union = unionInOneAttribute(entries[index]!, current);
      if (union === undefined) continue;
      // The merged entry may now merge with an earlier one.
      entries.splice(index, 1);
      current = union;
      index = -1;
    }
    entries.push(current);
  }
  return entries.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function unionInOneAttribute(a: Record<string, string[]>, b: Record<string, string[]>) {
  const attributes = Object.keys(a);
  if (attributes.join() !== Object.keys(b).join()) return undefined;
  const different = attributes.filter((attribute) => a[attribute]!.join() !== b[attribute]!.join());
  if (different.length > 1) return undefined;
  const [attribute] = different;
  if (attribute === undefined) return a;
  return { ...a, [attribute]: [...new Set([...a[attribute]!, ...b[attribute]!])].sort() };
}

/** Finds the messages in a library's bytes with which its GPU kernels refuse to run if operations must be deterministic. */
export function determinismMessages(library: Buffer): string[] {
  const messages = new Set<string>();
  const word = 'eterminis';
  const isText = (byte: number | undefined) => byte !== undefined && byte >= 0x20 && byte < 0x7f;
  for (let at = library.indexOf(word); at !== -1; at = library.indexOf(word, at + word.length)) {
    let [start, end] = [at, at];
    while (isText(library[start - 1])) start--;
    while (isText(library[end])) end++;
    const text = library.toString('latin1', start, end);
    if (/\bnot\b|\bcannot\b/.test(text) && /^[A-Z].* /.test(text)) messages.add(text);
  }
  return [...messages].sort();
}

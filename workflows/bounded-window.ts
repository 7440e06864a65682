/**
 * Works on items in their order, at most `size` at a time; whatever becomes of one, its place goes to the next.
 * When a work throws, no further item is begun, those begun are waited for, and the first error is thrown.
 */
export async function boundedWindow<Item>(
  items: Iterable<Item>,
  size: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  let stopped = false;
  const lane = async () => {
    try {
      for (let next = waiting.next(); !stopped && !next.done; next = waiting.next()) await work(next.value);
    } catch (error) {
      stopped = true;
      throw error;
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: size }, lane));
  for (const result of lanes) if (result.status === 'rejected') throw result.reason;
}

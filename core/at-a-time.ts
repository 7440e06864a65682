/**
 * Does something for each item, so many at a time, in their order. After a failure no more are begun; it is thrown when those that
 * were under way have ended.
 */
export async function atATime<Item>(
  limit: number,
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  let hasFailed = false;
  const lane = async () => {
    for (const item of rest) {
      if (hasFailed) return;
      try {
        await work(item);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, lane));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

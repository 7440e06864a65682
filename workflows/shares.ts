/**
 * Returns the share of a dataset's population in the concurrent runs of its study. Shares are even; the remainder goes to the reference
 * first, then to the others in order. With fewer runs than datasets, the last ones have none until another has ended.
 * @param datasets datasets of all populations that share
 * @param most limit of the whole study; null for no limit
 */
export function shareOf(dataset: string, datasets: readonly string[], most: number | null, reference: string): number {
  if (most === null) return Infinity;
  const order = [...datasets].sort((a, b) => Number(b === reference) - Number(a === reference));
  const leftOver = most % order.length;
  return Math.floor(most / order.length) + (order.indexOf(dataset) < leftOver ? 1 : 0);
}

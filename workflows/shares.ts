/**
 * How many of the runs that a study may have at a time the population on a dataset may have: an even share. What is left over goes to
 * the reference first, then in the order of the datasets; where there are fewer runs than datasets, the others have none until one
 * of these has ended.
 * @param datasets those of all populations that share
 * @param most of the whole study; null for no limit
 */
export function shareOf(dataset: string, datasets: readonly string[], most: number | null, reference: string): number {
  if (most === null) return Infinity;
  const order = [...datasets].sort((a, b) => Number(b === reference) - Number(a === reference));
  const leftOver = most % order.length;
  return Math.floor(most / order.length) + (order.indexOf(dataset) < leftOver ? 1 : 0);
}

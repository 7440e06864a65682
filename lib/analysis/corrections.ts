type PValues = readonly (number | null)[];

/** Holm's (1979) step-down correction of p-values of a family of tests, in their order; nulls stay and do not count. */
export function holm(pValues: PValues): (number | null)[] {
  return corrected(pValues, (ascending) => {
    let largest = 0;
    return ascending.map((p, rank) => (largest = Math.max(largest, Math.min(1, p * (ascending.length - rank)))));
  });
}

/** Benjamini and Hochberg's (1995) step-up correction, which bounds the share of false discoveries; otherwise as `holm`. */
export function benjaminiHochberg(pValues: PValues): (number | null)[] {
  return corrected(pValues, (ascending) => {
    const values = ascending.map((p, rank) => (p * ascending.length) / (rank + 1));
    let smallest = 1;
    for (let rank = values.length - 1; rank >= 0; rank--) values[rank] = smallest = Math.min(smallest, values[rank]!);
    return values;
  });
}

function corrected(pValues: PValues, correct: (ascending: number[]) => number[]): (number | null)[] {
  const order = pValues.flatMap((p, index) => (p === null ? [] : [{ p, index }])).sort((a, b) => a.p - b.p);
  const result: (number | null)[] = pValues.map(() => null);
  correct(order.map(({ p }) => p)).forEach((p, rank) => (result[order[rank]!.index] = p));
  return result;
}

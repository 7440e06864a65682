/** A number for each architecture, NaN if it has none. */
export type Vector = Float64Array;

/** Architecture by architecture, the mean of the vectors that have a number for it. */
export function meanVector(vectors: readonly Vector[], length: number): Vector {
  return Float64Array.from({ length }, (_, row) => {
    const values = vectors.map((vector) => vector[row]!).filter((value) => !Number.isNaN(value));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}

/** A function of a vector that gives the same object for the same vector: a measurement tells vectors apart by identity. */
export function remembered<Result extends object>(make: (vector: Vector) => Result): (vector: Vector) => Result {
  const known = new WeakMap<Vector, Result>();
  return (vector) => {
    const result = known.get(vector) ?? make(vector);
    known.set(vector, result);
    return result;
  };
}

/** Natural logarithms, NaN for what is not positive. */
export const logarithmOf = remembered((vector) => vector.map((value) => (value > 0 ? Math.log(value) : NaN)));

/** The vector with its signs turned. */
export const negated = remembered((vector) => vector.map((value) => -value));

/** A vector of those architectures only that have all of some others. */
export const restricted = (vector: Vector, to: readonly Vector[]): Vector =>
  vector.map((value, row) => (to.every((other) => !Number.isNaN(other[row]!)) ? value : NaN));

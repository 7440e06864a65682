/** A number for each architecture, NaN if it has none. */
export type Vector = Float64Array;

/** Returns for each architecture the mean of the vectors that have a number for it. */
export function meanVector(vectors: readonly Vector[], length: number): Vector {
  return Float64Array.from({ length }, (_, row) => {
    const values = vectors.map((vector) => vector[row]!).filter((value) => !Number.isNaN(value));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}

/** Memoises a function of a vector by the vector's identity, by which a measurement compares vectors. */
export function remembered<Result extends object>(make: (vector: Vector) => Result): (vector: Vector) => Result {
  const known = new WeakMap<Vector, Result>();
  return (vector) => {
    const result = known.get(vector) ?? make(vector);
    known.set(vector, result);
    return result;
  };
}

/** Returns natural logarithms, NaN for values that are not positive. */
export const logarithmOf = remembered((vector) => vector.map((value) => (value > 0 ? Math.log(value) : NaN)));

/** Returns the vector with opposite signs. */
export const negated = remembered((vector) => vector.map((value) => -value));

/** Returns a vector's values for the architectures that have all of some other vectors; NaN for the others. */
export const restricted = (vector: Vector, to: readonly Vector[]): Vector =>
  vector.map((value, row) => (to.every((other) => !Number.isNaN(other[row]!)) ? value : NaN));

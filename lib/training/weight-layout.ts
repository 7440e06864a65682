/**
 * Converts a weight from PyTorch's layout to TensorFlow's, both row-major: convolutions [out, in / groups, height, width] to [height,
 * width, in / groups, out], linear [out, in] to [in, out]; vectors are the same in both.
 */
export function fromPyTorch(values: Float32Array, shape: readonly number[]): Float32Array {
  if (shape.length === 1) return values;
  const [out, into, height = 1, width = 1] = shape as [number, number, number?, number?];
  const result = new Float32Array(values.length);
  let index = 0;
  for (let o = 0; o < out; o++)
    for (let i = 0; i < into; i++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) result[((y * width + x) * into + i) * out + o] = values[index++]!;
  return result;
}

/** Converts a weight and its shape from TensorFlow's layout to PyTorch's: the inverse. */
export function toPyTorch(values: Float32Array, shape: readonly number[]): { values: Float32Array; shape: number[] } {
  if (shape.length === 1) return { values, shape: [...shape] };
  const [into, out] = shape.slice(-2) as [number, number];
  const [height, width] = shape.length === 4 ? (shape as [number, number]) : [1, 1];
  const result = new Float32Array(values.length);
  let index = 0;
  for (let o = 0; o < out; o++)
    for (let i = 0; i < into; i++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) result[index++] = values[((y * width + x) * into + i) * out + o]!;
  return { values: result, shape: shape.length === 4 ? [out, into, height, width] : [out, into] };
}

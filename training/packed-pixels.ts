/** uint8 values four to an int32, padded with zeros: the form in which they go to TensorFlow, which takes them apart. */
export function packedPixels(pixels: Uint8Array): Int32Array {
  const words = Math.ceil(pixels.length / 4);
  if (pixels.byteOffset % 4 === 0 && pixels.length % 4 === 0)
    return new Int32Array(pixels.buffer, pixels.byteOffset, words);
  const padded = new Uint8Array(4 * words);
  padded.set(pixels);
  return new Int32Array(padded.buffer);
}

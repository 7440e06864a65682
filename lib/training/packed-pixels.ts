/**
 * Pixels of `channels` bytes as int32 of four bytes each, with pixels of zeros at the end until both come out even: the form in which
 * they go to TensorFlow, which takes them apart.
 */
export function packedPixels(pixels: Uint8Array, channels: number): Int32Array {
  const unit = 4 * channels;
  const bytes = Math.ceil(pixels.length / unit) * unit;
  // A buffer with room at its end needs no copy: no image uses the pixels there.
  if (pixels.byteOffset % 4 === 0 && pixels.byteOffset + bytes <= pixels.buffer.byteLength)
    return new Int32Array(pixels.buffer, pixels.byteOffset, bytes / 4);
  const padded = new Uint8Array(bytes);
  padded.set(pixels);
  return new Int32Array(padded.buffer);
}

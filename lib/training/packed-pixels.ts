/**
 * Packs pixels of `channels` bytes into int32, four bytes each, padded with zero pixels to a whole number of both. TensorFlow receives
 * pixels in this form and unpacks them.
 */
export function packedPixels(pixels: Uint8Array, channels: number): Int32Array {
  const unit = 4 * channels;
  const bytes = Math.ceil(pixels.length / unit) * unit;
  // A buffer with room at its end needs no copy, because no image uses the pixels there.
  if (pixels.byteOffset % 4 === 0 && pixels.byteOffset + bytes <= pixels.buffer.byteLength)
    return new Int32Array(pixels.buffer, pixels.byteOffset, bytes / 4);
  const padded = new Uint8Array(bytes);
  padded.set(pixels);
  return new Int32Array(padded.buffer);
}

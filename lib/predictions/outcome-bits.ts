/**
 * Whether each test image was classified wrongly, a bit an image: bit i % 8 of byte floor(i / 8) is 1 if image i was; the bits after the last
 * are 0.
 */
export function outcomeBits(isWrong: ArrayLike<boolean>): Uint8Array {
  const bits = new Uint8Array(Math.ceil(isWrong.length / 8));
  for (let image = 0; image < isWrong.length; image++) if (isWrong[image]!) bits[image >> 3]! |= 1 << (image & 7);
  return bits;
}

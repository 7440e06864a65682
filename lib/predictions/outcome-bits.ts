/**
 * Packs one bit per test image: bit i % 8 of byte floor(i / 8) is 1 if image i was classified wrongly; bits beyond the last image are 0.
 */
export function outcomeBits(isWrong: ArrayLike<boolean>): Uint8Array {
  const bits = new Uint8Array(Math.ceil(isWrong.length / 8));
  for (let image = 0; image < isWrong.length; image++) if (isWrong[image]!) bits[image >> 3]! |= 1 << (image & 7);
  return bits;
}

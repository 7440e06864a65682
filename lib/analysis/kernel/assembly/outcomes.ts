/**
 * Sums in each row of bits the weights of the bits that are 1.
 * @param bits row after row, `stride` bytes each, a multiple of 16
 * @param planes the weights, at most 31, bit by bit: for every 16 bytes of a row first the 16 bytes of the highest bit of their weights
 * @param planeCount bits of a weight, at most 5, so that the sum over a byte fits into one
 * @param sums out: one i32 for each row
 */
export function weightedBits(bits: usize, stride: i32, rows: i32, planes: usize, planeCount: i32, sums: usize): void {
  let at = bits;
  for (let row = 0; row < rows; row++) {
    let total = i32x4.splat(0);
    let plane = planes;
    for (const end = at + <usize>stride; at < end; at += 16) {
      const own = v128.load(at);
      let bytes = i8x16.splat(0);
      for (let k = 0; k < planeCount; k++) {
        bytes = i8x16.add(i8x16.shl(bytes, 1), i8x16.popcnt(v128.and(own, v128.load(plane))));
        plane += 16;
      }
      total = i32x4.add(total, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)));
    }
    store<i32>(
      sums + ((<usize>row) << 2),
      i32x4.extract_lane(total, 0) +
        i32x4.extract_lane(total, 1) +
        i32x4.extract_lane(total, 2) +
        i32x4.extract_lane(total, 3),
    );
  }
}

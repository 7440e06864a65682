// A block holds eight replicates of the sample side by side: eight i32 lanes an item for counts, ranks and ties (two vectors, 32
// bytes), eight f64 lanes for weights and sums (four vectors, 64 bytes).

/** Returns the address of item i of an array of i32 lanes. */
export function at(base: usize, item: i32): usize {
  return base + ((<usize>item) << 5);
}

/** Adds the products of two halves of i32 lanes to sums of i64 lanes; exact. */
export function addLow(sum: v128, a: v128, b: v128): v128 {
  return i64x2.add(sum, i64x2.extmul_low_i32x4_s(a, b));
}

export function addHigh(sum: v128, a: v128, b: v128): v128 {
  return i64x2.add(sum, i64x2.extmul_high_i32x4_s(a, b));
}

/** Stores i64 lanes as f64 lanes; exact up to 2^53. */
export function storeSums(out: usize, s0: v128, s1: v128, s2: v128, s3: v128): void {
  store<f64>(out, <f64>i64x2.extract_lane(s0, 0));
  store<f64>(out, <f64>i64x2.extract_lane(s0, 1), 8);
  store<f64>(out, <f64>i64x2.extract_lane(s1, 0), 16);
  store<f64>(out, <f64>i64x2.extract_lane(s1, 1), 24);
  store<f64>(out, <f64>i64x2.extract_lane(s2, 0), 32);
  store<f64>(out, <f64>i64x2.extract_lane(s2, 1), 40);
  store<f64>(out, <f64>i64x2.extract_lane(s3, 0), 48);
  store<f64>(out, <f64>i64x2.extract_lane(s3, 1), 56);
}

/** Converts the first two of four i32 lanes to f64 lanes. */
export function low(lanes: v128): v128 {
  return f64x2.convert_low_i32x4_s(lanes);
}

/** Converts the last two of four i32 lanes to f64 lanes. */
export function high(lanes: v128): v128 {
  return f64x2.convert_low_i32x4_s(v128.shuffle<i32>(lanes, lanes, 2, 3, 2, 3));
}

/** Takes a step of xoroshiro128+ (Blackman and Vigna 2018) on 16 bytes of state; returns a number uniform in [0, 1) with 53 random bits. */
export function uniform(state: usize): f64 {
  const s0 = load<u64>(state);
  let s1 = load<u64>(state, 8);
  const result = s0 + s1;
  s1 ^= s0;
  store<u64>(state, rotl<u64>(s0, 24) ^ s1 ^ (s1 << 16));
  store<u64>(state, rotl<u64>(s1, 37), 8);
  return <f64>(result >> 11) * (1.0 / 9007199254740992.0);
}

/** Returns an integer, uniform in [0, bound). */
export function integer(state: usize, bound: i32): i32 {
  return <i32>(uniform(state) * <f64>bound);
}

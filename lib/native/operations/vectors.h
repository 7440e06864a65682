// Vectors of LANES floats, in GCC's notation, which the compiler translates to any instruction set; and how they are loaded from and
// stored to floats and bfloat16.
#pragma once
#include <cstdint>
#include <cstring>

namespace vectors {

// A value of 16 bits: the upper half of a float.
struct bfloat16 {
  uint16_t bits;
};

typedef float Floats __attribute__((vector_size(4 * LANES)));
typedef uint32_t Words __attribute__((vector_size(4 * LANES)));
typedef uint16_t Halves __attribute__((vector_size(2 * LANES)));

inline Floats load(const float* p) {
  Floats v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

inline Floats load(const bfloat16* p) {
  Halves h;
  std::memcpy(&h, p, sizeof h);
  return (Floats)(__builtin_convertvector(h, Words) << 16);
}

inline float value(float x) { return x; }

inline float value(bfloat16 x) {
  const uint32_t word = uint32_t(x.bits) << 16;
  float v;
  std::memcpy(&v, &word, sizeof v);
  return v;
}

inline void store(float* p, Floats v) { std::memcpy(p, &v, sizeof v); }

// To the nearest, halves to even; NaN stays NaN.
inline void store(bfloat16* p, Floats v) {
  const Words w = (Words)v;
  const Words rounded = (w + 0x7fff + ((w >> 16) & 1)) >> 16;
  const Halves h = __builtin_convertvector(v == v ? rounded : (w >> 16) | 0x40, Halves);
  std::memcpy(p, &h, sizeof h);
}

// The first `count` values of a vector, the rest of which is 0. Half a vector is copied as one: its size is known.
template <class T>
inline Floats loadFirst(const T* p, int64_t count) {
  if (count == LANES) return load(p);
  T values[LANES] = {};
  if (2 * count == LANES) std::memcpy(values, p, sizeof values / 2);
  else std::memcpy(values, p, count * sizeof(T));
  return load(values);
}

template <class T>
inline void storeFirst(T* p, Floats v, int64_t count) {
  if (count == LANES) return store(p, v);
  T values[LANES];
  store(values, v);
  if (2 * count == LANES) std::memcpy(p, values, sizeof values / 2);
  else std::memcpy(p, values, count * sizeof(T));
}

// Lane i of the result is lane from[i] of v.
inline Floats shuffled(Floats v, Words from) {
#ifdef __clang__
  Floats result;
  for (int lane = 0; lane < LANES; lane++) result[lane] = v[from[lane]];
  return result;
#else
  return __builtin_shuffle(v, from);
#endif
}

}  // namespace vectors

// Vectors of LANES floats in GCC's vector extensions, which compile to any instruction set, with loads from and stores to floats and
// bfloat16.
#pragma once
#include <cstdint>
#include <cstring>
#include <type_traits>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

namespace vectors {

// The upper 16 bits of a float.
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

inline Halves loadHalves(const bfloat16* p) {
  Halves h;
  std::memcpy(&h, p, sizeof h);
  return h;
}

// Zero-extends to 32 bits: one instruction of AVX-512, for which GCC would generate half a dozen.
inline Words widened(Halves h) {
#ifdef __AVX512F__
  return (Words)_mm512_cvtepu16_epi32((__m256i)h);
#else
  return __builtin_convertvector(h, Words);
#endif
}

inline Floats load(const bfloat16* p) { return (Floats)(widened(loadHalves(p)) << 16); }

inline float value(float x) { return x; }

inline float value(bfloat16 x) {
  const uint32_t word = uint32_t(x.bits) << 16;
  float v;
  std::memcpy(&v, &word, sizeof v);
  return v;
}

inline void store(float* p, Floats v) { std::memcpy(p, &v, sizeof v); }

// Rounds to bfloat16: to nearest, ties to even; NaN stays NaN.
inline Halves rounded(Floats v) {
#ifdef __AVX512BF16__
  return (Halves)_mm512_cvtneps_pbh((__m512)v);
#else
  const Words w = (Words)v;
  return __builtin_convertvector(v == v ? (w + 0x7fff + ((w >> 16) & 1)) >> 16 : (w >> 16) | 0x40, Halves);
#endif
}

inline void store(bfloat16* p, Halves h) { std::memcpy(p, &h, sizeof h); }

inline void store(bfloat16* p, Floats v) { store(p, rounded(v)); }

// Loads the first `count` lanes; the others are 0. Half a vector is a case of its own because the compiler knows the size of that copy.
template <class T>
inline Floats loadFirst(const T* p, int64_t count) {
  if (count == LANES) return load(p);
  T values[LANES] = {};
  if (2 * count == LANES) std::memcpy(values, p, sizeof values / 2);
  else std::memcpy(values, p, count * sizeof(T));
  return load(values);
}

// Stores the first `count` lanes.
template <class T>
inline void storeFirst(T* p, Floats v, int64_t count) {
  if (count == LANES) return store(p, v);
  T values[LANES];
  store(values, v);
  if (2 * count == LANES) std::memcpy(p, values, sizeof values / 2);
  else std::memcpy(p, values, count * sizeof(T));
}

// Two bfloat16 in one lane.
struct Pair {
  bfloat16 first, second;
};

// The operand of one lane in products of values T: a float, or a pair of bfloat16, whose two products are added up (`addProduct`).
template <class T>
using Factor = std::conditional_t<sizeof(T) == sizeof(float), float, Pair>;

// Number of values in a factor.
template <class T>
constexpr int64_t factorValues = sizeof(Factor<T>) / sizeof(T);

inline Words load(const Pair* p) {
  Words v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

inline void store(Pair* p, Words v) { std::memcpy(p, &v, sizeof v); }

// A vector with the same factor in all lanes.
inline Floats broadcast(const float* p) { return Floats{} + *p; }

inline Words broadcast(const Pair* p) {
  uint32_t word;
  std::memcpy(&word, p, sizeof word);
  return Words{} + word;
}

// Lane i of the result is the pair (first[i], second[i]).
inline Words paired(Halves first, Halves second) {
  return widened(first) | widened(second) << 16;
}

// Returns sum + a b; for pairs, both products are added to the sum of their lane.
inline Floats addProduct(Floats sum, Floats a, Floats b) { return sum + a * b; }

inline Floats addProduct(Floats sum, Words a, Words b) {
#ifdef __AVX512BF16__
  return (Floats)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
#else
  const uint32_t second = 0xffff0000;
  sum += (Floats)(a & second) * (Floats)(b & second);
  return sum + (Floats)(a << 16) * (Floats)(b << 16);
#endif
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

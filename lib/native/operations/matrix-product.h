// Products of matrices of floats or bfloat16 that fit in a cache, computed tile by tile.
//
// A step is one index of the inner dimension; for bfloat16 it is two, whose values are paired (`Factor` in vectors.h). Each value of a
// result is summed in the order of the steps, whichever tile it is in.
#pragma once
#include <algorithm>
#include <vector>

#include "parallel.h"
#include "vectors.h"

namespace matrix_product {

using namespace vectors;

// Size of a tile, the part of a result whose sums are in registers: rows, and vectors in each row.
constexpr int tileRows = 6;
constexpr int tileVectors = LANES == 16 ? 4 : 2;

// Number of vectors that hold so many columns.
constexpr int64_t vectorsOf(int64_t columns) { return (columns + LANES - 1) / LANES; }

// The left matrix: factors [rows, steps], or [steps, rows] if it is transposed; consecutive lines are `stride` factors apart.
template <class Factor>
struct Left {
  const Factor* factors;
  int64_t stride;
};

// The right matrix: factors [steps, columns], in vectors of columns. Vector j of step s is at factors + s * stride + j * panel.
template <class Factor>
struct Right {
  const Factor* factors;
  int64_t stride, panel;
};

// Number of steps that so many rows of a right matrix make up.
template <class T>
constexpr int64_t stepsOf(int64_t rows) { return (rows + factorValues<T> - 1) / factorValues<T>; }

// A right matrix of values [rows, columns], packed in panels of one vector of columns: factors [panel][steps][LANES].
template <class T>
class Panels {
 public:
  Panels(int64_t rows, int64_t columns) : steps_(stepsOf<T>(rows)), factors_(vectorsOf(columns) * steps_ * LANES) {}

  // Sets each value to value(row, column), on all threads.
  template <class F>
  void fill(int64_t rows, int64_t columns, const F& value) {
    Threads::all().runOver(rows * columns, vectorsOf(columns), [&](int64_t first, int64_t last) {
      for (int64_t panel = first; panel < last; panel++)
        for (int64_t row = 0; row < rows; row++)
          for (int64_t column = panel * LANES; column < std::min(columns, (panel + 1) * LANES); column++) set(row, column, value(row, column));
    });
  }

  operator Right<Factor<T>>() const { return {factors_.data(), LANES, steps_ * LANES}; }

 private:
  void set(int64_t row, int64_t column, T value) {
    Factor<T>& factor = factors_[(column / LANES * steps_ + row / factorValues<T>) * LANES + column % LANES];
    if constexpr (factorValues<T> == 1) factor = value;
    else (row % 2 ? factor.second : factor.first) = value;
  }

  int64_t steps_;
  std::vector<Factor<T>> factors_;
};

// The micro-kernel: adds the products of all steps to the sums of a tile. If `transposed`, the left matrix is [steps, rows] in memory.
template <bool transposed, class Factor, int rows, int vectors>
inline void addProducts(Left<Factor> left, Right<Factor> right, int64_t steps, Floats (&sums)[rows][vectors]) {
  const Factor* rowOf[rows];
  for (int row = 0; row < rows; row++) rowOf[row] = left.factors + (transposed ? row : row * left.stride);
  for (int64_t step = 0; step < steps; step++) {
    decltype(load(right.factors)) factors[vectors];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) factors[j] = load(right.factors + step * right.stride + j * right.panel);
#pragma GCC unroll 16
    for (int row = 0; row < rows; row++) {
      const auto factor = broadcast(transposed ? left.factors + step * left.stride + row : rowOf[row] + step);
      for (int j = 0; j < vectors; j++) sums[row][j] = addProduct(sums[row][j], factor, factors[j]);
    }
  }
}

// The destination of result [rows, columns] = left right; rows are `stride` values apart.
template <class T>
struct AssignedProduct {
  T* result;
  int64_t stride, columns;

  template <int rows, int vectors>
  void tile(Left<Factor<T>> left, Right<Factor<T>> right, int64_t steps, int64_t row, int64_t vector) const {
    // Prefetches each cache line of the tile below.
    constexpr int step = sizeof(T) == 4 ? 1 : 2;
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < vectors; j += step) __builtin_prefetch(result + (row + rows + i) * stride + (vector + j) * LANES, 1);
    Floats sums[rows][vectors] = {};
    addProducts<false>(left, right, steps, sums);
    T* const to = result + row * stride + vector * LANES;
    const int64_t count = columns - vector * LANES;
    if (count >= vectors * LANES) {
#pragma GCC unroll 16
      for (int i = 0; i < rows; i++)
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) store(to + i * stride + j * LANES, sums[i][j]);
      return;
    }
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 4
      for (int j = 0; j < vectors; j++) storeFirst(to + i * stride + j * LANES, sums[i][j], std::min<int64_t>(LANES, count - j * LANES));
  }
};

// The destination of result [rows, columns] += transposed(left) right. Its rows are padded to whole vectors and `stride` values apart. If
// `startAtZero`, the products replace what was there.
struct AddedProduct {
  float* result;
  int64_t stride;
  bool startAtZero;

  template <int rows, int vectors, class Factor>
  void tile(Left<Factor> left, Right<Factor> right, int64_t steps, int64_t row, int64_t vector) const {
    float* to = result + row * stride + vector * LANES;
    Floats sums[rows][vectors];
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 4
      for (int j = 0; j < vectors; j++) sums[i][j] = startAtZero ? Floats{} : load(to + i * stride + j * LANES);
    addProducts<true>(left, right, steps, sums);
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 4
      for (int j = 0; j < vectors; j++) store(to + i * stride + j * LANES, sums[i][j]);
  }
};

// Calls f(count, first) for tiles that make up all rows: `count` rows, a compile-time constant, from `first` on.
template <class F>
void forRowTiles(int64_t rows, const F& f) {
  int64_t row = 0;
  for (; row + tileRows <= rows; row += tileRows) f(std::integral_constant<int, tileRows>(), row);
  for (; row + 2 <= rows; row += 2) f(std::integral_constant<int, 2>(), row);
  for (; row < rows; row++) f(std::integral_constant<int, 1>(), row);
}

// The same for the vectors of a row.
template <class F>
void forVectorTiles(int64_t vectors, const F& f) {
  int64_t vector = 0;
  for (; vector + tileVectors <= vectors; vector += tileVectors) f(std::integral_constant<int, tileVectors>(), vector);
  if (tileVectors > 2 && vector + 2 <= vectors) f(std::integral_constant<int, 2>(), vector), vector += 2;
  if (vector < vectors) f(std::integral_constant<int, 1>(), vector);
}

// Computes result [rows, columns] = left [rows, steps] right [steps, columns].
template <class T>
void assignProduct(AssignedProduct<T> result, Left<Factor<T>> left, Right<Factor<T>> right, int64_t rows, int64_t steps) {
  forRowTiles(rows, [&](auto count, int64_t row) {
    forVectorTiles(vectorsOf(result.columns), [&](auto vectors, int64_t vector) {
      result.template tile<count, vectors>({left.factors + row * left.stride, left.stride}, {right.factors + vector * right.panel, right.stride, right.panel},
                                           steps, row, vector);
    });
  });
}

// Computes result [rows, columns] += transposed(left [steps, rows]) right [steps, columns]; the rows of right are padded to whole vectors.
template <class Factor>
void addTransposedProduct(AddedProduct result, Left<Factor> left, Right<Factor> right, int64_t rows, int64_t columns, int64_t steps) {
  forVectorTiles(vectorsOf(columns), [&](auto vectors, int64_t vector) {
    forRowTiles(rows, [&](auto count, int64_t row) {
      result.template tile<count, vectors>(Left<Factor>{left.factors + row, left.stride},
                                           Right<Factor>{right.factors + vector * right.panel, right.stride, right.panel}, steps, row, vector);
    });
  });
}

}  // namespace matrix_product

// Products of matrices of floats that caches hold.
//
// Each value of a result is one sum in the order of its steps, whatever block it is computed in.
#pragma once
#include <algorithm>
#include <type_traits>
#include <vector>

#include "vectors.h"

namespace matrix_product {

using namespace vectors;

// Rows of a result, and vectors of each, that are in registers at a time.
constexpr int tileRows = 6;
constexpr int tileVectors = LANES == 16 ? 4 : 2;

constexpr int64_t wholeVectors(int64_t columns) { return (columns + LANES - 1) / LANES; }

// The left factor [rows, steps].
struct Left {
  const float* values;
  int64_t stride;
};

// The right factor [steps, columns] in vectors of columns: vector j of step s is at values + s * stride + j * panel.
struct Right {
  const float* values;
  int64_t stride, panel;
};

// Rows of matrices, of which the right factor is [steps, columns], in panels of one vector: [panel][steps][LANES].
class Panels {
 public:
  Panels(int64_t steps, int64_t columns) : steps_(steps), values_(wholeVectors(columns) * steps * LANES) {}
  float& at(int64_t step, int64_t column) { return values_[(column / LANES * steps_ + step) * LANES + column % LANES]; }
  operator Right() const { return {values_.data(), LANES, steps_ * LANES}; }

 private:
  int64_t steps_;
  std::vector<float> values_;
};

// The sums of a tile. A left factor that is `transposed` lies in memory as [steps, rows].
template <bool transposed, int rows, int vectors>
inline void addProducts(Left left, Right right, int64_t steps, Floats (&sums)[rows][vectors]) {
  const float* rowOf[rows];
  for (int row = 0; row < rows; row++) rowOf[row] = left.values + (transposed ? row : row * left.stride);
  for (int64_t step = 0; step < steps; step++) {
    Floats factors[vectors];
    for (int j = 0; j < vectors; j++) factors[j] = load(right.values + step * right.stride + j * right.panel);
#pragma GCC unroll 16
    for (int row = 0; row < rows; row++) {
      const Floats factor = Floats{} + (transposed ? left.values[step * left.stride + row] : rowOf[row][step]);
      for (int j = 0; j < vectors; j++) sums[row][j] += factor * factors[j];
    }
  }
}

// result [rows, columns] = left right.
struct Assigned {
  float* result;
  int64_t stride, columns;

  template <int rows, int vectors>
  void tile(Left left, Right right, int64_t steps, int64_t row, int64_t vector) const {
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < vectors; j++) __builtin_prefetch(result + (row + rows + i) * stride + (vector + j) * LANES, 1);
    Floats sums[rows][vectors] = {};
    addProducts<false>(left, right, steps, sums);
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < vectors; j++) {
        const int64_t column = (vector + j) * LANES;
        storeFirst(result + (row + i) * stride + column, sums[i][j], std::min<int64_t>(LANES, columns - column));
      }
  }
};

// result [rows, columns] += left right, the left one transposed, the result's rows in whole vectors. `fresh`: instead of what it was.
struct Added {
  float* result;
  int64_t stride;
  bool fresh;

  template <int rows, int vectors>
  void tile(Left left, Right right, int64_t steps, int64_t row, int64_t vector) const {
    float* to = result + row * stride + vector * LANES;
    Floats sums[rows][vectors];
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < vectors; j++) sums[i][j] = fresh ? Floats{} : load(to + i * stride + j * LANES);
    addProducts<true>(left, right, steps, sums);
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < vectors; j++) store(to + i * stride + j * LANES, sums[i][j]);
  }
};

// Calls f<count>(first) for tiles of rows, f<count>(first) for tiles of vectors.
template <class F>
void tilesOfRows(int64_t rows, const F& f) {
  int64_t row = 0;
  for (; row + tileRows <= rows; row += tileRows) f(std::integral_constant<int, tileRows>(), row);
  for (; row + 2 <= rows; row += 2) f(std::integral_constant<int, 2>(), row);
  for (; row < rows; row++) f(std::integral_constant<int, 1>(), row);
}

template <class F>
void tilesOfVectors(int64_t vectors, const F& f) {
  int64_t vector = 0;
  for (; vector + tileVectors <= vectors; vector += tileVectors) f(std::integral_constant<int, tileVectors>(), vector);
  if (tileVectors > 2 && vector + 2 <= vectors) f(std::integral_constant<int, 2>(), vector), vector += 2;
  if (vector < vectors) f(std::integral_constant<int, 1>(), vector);
}

// result [rows, columns] = left right: left [rows, steps] with `stride` values from row to row.
inline void assignProduct(Assigned result, Left left, Right right, int64_t rows, int64_t steps) {
  tilesOfRows(rows, [&](auto count, int64_t row) {
    tilesOfVectors(wholeVectors(result.columns), [&](auto vectors, int64_t vector) {
      result.template tile<count, vectors>({left.values + row * left.stride, left.stride}, {right.values + vector * right.panel, right.stride, right.panel},
                                           steps, row, vector);
    });
  });
}

// result [rows, columns] += transposed(left) right: left [steps, rows], right [steps, columns], both in rows of whole vectors.
inline void addTransposedProduct(Added result, Left left, Right right, int64_t rows, int64_t columns, int64_t steps) {
  tilesOfVectors(wholeVectors(columns), [&](auto vectors, int64_t vector) {
    tilesOfRows(rows, [&](auto count, int64_t row) {
      result.template tile<count, vectors>({left.values + row, left.stride}, {right.values + vector * right.panel, right.stride, right.panel}, steps, row,
                                           vector);
    });
  });
}

}  // namespace matrix_product

// The arithmetic of batch normalization over tensors [..., channels], in ranges of rows that threads share.
//
// A tensor is treated as `rows` rows of `width` values, a multiple of the number of channels, so that a row fills vectors even if there
// are few channels. Values per channel (mean, scale, ...) are repeated to [width].
#pragma once
#include <algorithm>
#include <vector>

#include "vectors.h"

namespace normalization {

using namespace vectors;

struct Layout {
  int64_t rows;
  int64_t width;
};

// The arguments of `statistics`: the sums of x - shift and of its square in each column.
template <class T>
struct Statistics {
  Layout layout;
  const T* x;
  const float* shift;  // [width]
};

// y = (x - mean) scale + offset (+ shortcut), then ReLU if `relu`. `scale` includes 1 / standard deviation.
template <class T>
struct Normalization {
  Layout layout;
  const T* x;
  const T* shortcut;  // or null
  const float* mean;  // [width], as are the next two
  const float* scale;
  const float* offset;
  bool relu;
  T* y;
};

// The gradients of y that pass: all without ReLU, else those where y > 0, with y recomputed, or read if a shortcut was added.
enum class Gate { open, computed, read };

// The gradient of a normalization, in two passes: first its sums, then the gradient of x.
template <class T>
struct Gradient {
  Layout layout;
  Gate gate;
  const T* dy;
  const T* dy2;  // a second gradient of y to be added, or null
  const T* x;
  const T* y;     // if gate is `read`
  T* dShortcut;   // if gate is `read`: the sum of the gradients that pass; may be dy
  T* dx;          // may be dy, or dy2 if gate is `read`
  const float* mean;
  const float* scale;
  const float* offset;
  // dx = scale (gradient - meanGradient - slope (x - mean)), filled in between the two passes
  const float* meanGradient;
  const float* slope;
};

// Number of rows that are summed in float before these sums are added to those in double.
constexpr int64_t block = 32;
// Number of values in a piece, which is processed in the order of memory; pieces are processed from the last to the first.
constexpr int64_t pieceValues = 1 << 16;
// Number of vectors in a tile, whose sums are in registers.
constexpr int tile = 4;

template <bool Whole, class T>
inline Floats get(const T* p, int64_t count) {
  return Whole ? load(p) : loadFirst(p, count);
}

template <bool Whole, class T>
inline void put(T* p, Floats v, int64_t count) {
  if (Whole) store(p, v);
  else storeFirst(p, v, count);
}

inline void add(double* sums, Floats v, int64_t count) {
  for (int64_t i = 0; i < count; i++) sums[i] += v[i];
}

// Calls f<vectors, whole>(column, count) for the tiles that make up a row; `count` is the number of values in a tile's last vector.
template <class F>
inline void forTiles(int64_t width, const F& f) {
  int64_t i = 0;
  for (; i + tile * LANES <= width; i += tile * LANES) f.template operator()<tile, true>(i, LANES);
  for (; i + LANES <= width; i += LANES) f.template operator()<1, true>(i, LANES);
  if (i < width) f.template operator()<1, false>(i, width - i);
}

// Where the values to be summed are. In memory: they are read row by row, which processors prefetch. In a cache: they are read tile by tile,
// with the sums in registers.
enum class In { memory, cache };

// Adds rows to two sums of each column of a tile. `Terms` holds the coefficients of a vector of columns, and adds a value to both sums.
template <class Terms, class Part>
struct SumsOfColumns {
  const Part& part;
  int64_t begin, end;
  double *first, *second;

  template <int N, bool Whole>
  void operator()(int64_t column, int64_t count) const {
    Floats s[N] = {}, q[N] = {};
    Terms terms[N];
    for (int j = 0; j < N; j++) terms[j].template read<Whole>(part, column + j * LANES, count);
    for (int64_t row = begin; row < end; row++)
#pragma GCC unroll 4
      for (int j = 0; j < N; j++) terms[j].template addTo<Whole>(s[j], q[j], part, row * part.layout.width + column + j * LANES, count);
    for (int j = 0; j < N; j++) {
      add(first + column + j * LANES, s[j], count);
      add(second + column + j * LANES, q[j], count);
    }
  }
};

// Adds one row to two sums of each column.
template <class Terms, class Part>
struct SumsOfRow {
  const Part& part;
  int64_t row;
  float *first, *second;

  template <int N, bool Whole>
  void operator()(int64_t column, int64_t count) const {
    for (int j = 0; j < N; j++) {
      const int64_t c = column + j * LANES;
      Terms terms;
      terms.template read<Whole>(part, c, count);
      Floats s = get<Whole>(first + c, count), q = get<Whole>(second + c, count);
      terms.template addTo<Whole>(s, q, part, row * part.layout.width + c, count);
      put<Whole>(first + c, s, count);
      put<Whole>(second + c, q, count);
    }
  }
};

// Adds rows [begin, end) to two sums of each column, [width].
template <In in, class Terms, class Part>
void sumUp(const Part& part, int64_t begin, int64_t end, double* first, double* second) {
  const int64_t width = part.layout.width;
  const bool byRows = in == In::memory && width > tile * LANES;
  std::vector<float> sums(byRows ? 2 * width : 0);
  for (int64_t next; begin < end; begin = next) {
    next = std::min(end, begin + block);
    if (!byRows) {
      forTiles(width, SumsOfColumns<Terms, Part>{part, begin, next, first, second});
      continue;
    }
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (int64_t row = begin; row < next; row++) forTiles(width, SumsOfRow<Terms, Part>{part, row, &sums[0], &sums[width]});
    for (int64_t column = 0; column < width; column++) {
      first[column] += sums[column];
      second[column] += sums[width + column];
    }
  }
}

template <class T>
struct StatisticsTerms {
  Floats shift;

  template <bool Whole>
  void read(const Statistics<T>& part, int64_t column, int64_t count) { shift = get<Whole>(part.shift + column, count); }

  template <bool Whole>
  void addTo(Floats& sum, Floats& squares, const Statistics<T>& part, int64_t at, int64_t count) const {
    const Floats d = get<Whole>(part.x + at, count) - shift;
    sum += d;
    squares += d * d;
  }
};

template <In in, class T>
void statistics(const Statistics<T>& part, int64_t begin, int64_t end, double* sums, double* squares) {
  sumUp<in, StatisticsTerms<T>>(part, begin, end, sums, squares);
}

inline Floats normalized(Floats x, Floats mean, Floats scale, Floats offset) { return (x - mean) * scale + offset; }

template <class T, bool Shortcut>
struct NormalizationTile {
  const Normalization<T>& part;
  int64_t row;

  template <int N, bool Whole>
  void operator()(int64_t column, int64_t count) const {
    const int64_t at = row * part.layout.width + column;
    // NaN is not less than 0 and stays NaN, so that a diverging training is noticed.
    const Floats zero = {};
    for (int j = 0; j < N; j++) {
      const int64_t c = column + j * LANES;
      Floats v = normalized(get<Whole>(part.x + at + j * LANES, count), get<Whole>(part.mean + c, count),
                            get<Whole>(part.scale + c, count), get<Whole>(part.offset + c, count));
      if (Shortcut) v += get<Whole>(part.shortcut + at + j * LANES, count);
      if (part.relu) v = v < zero ? zero : v;
      put<Whole>(part.y + at + j * LANES, v, count);
    }
  }
};

// Calls f(row) for rows in pieces, the last piece first: it is the one that the pass for the sums has left in the cache. Within a piece,
// rows are in the order of memory, in which processors prefetch them.
template <class F>
void fromTheEnd(const Layout& layout, int64_t begin, int64_t end, const F& f) {
  const int64_t piece = std::max<int64_t>(1, pieceValues / layout.width);
  for (int64_t first; begin < end; end = first) {
    first = std::max(begin, end - piece);
    for (int64_t row = first; row < end; row++) f(row);
  }
}

template <class T>
void normalize(const Normalization<T>& part, int64_t begin, int64_t end) {
  fromTheEnd(part.layout, begin, end, [&](int64_t row) {
    if (part.shortcut) forTiles(part.layout.width, NormalizationTile<T, true>{part, row});
    else forTiles(part.layout.width, NormalizationTile<T, false>{part, row});
  });
}

template <class T, Gate gate, bool Two>
struct GradientTerms {
  Floats mean, scale, offset;

  template <bool Whole>
  void read(const Gradient<T>& part, int64_t column, int64_t count) {
    mean = get<Whole>(part.mean + column, count);
    if (gate != Gate::computed) return;
    scale = get<Whole>(part.scale + column, count);
    offset = get<Whole>(part.offset + column, count);
  }

  template <bool Whole>
  void addTo(Floats& sum, Floats& products, const Gradient<T>& part, int64_t at, int64_t count) const {
    const Floats zero = {};
    Floats g = get<Whole>(part.dy + at, count);
    if (Two) g += get<Whole>(part.dy2 + at, count);
    const Floats x = get<Whole>(part.x + at, count);
    if (gate == Gate::computed) g = normalized(x, mean, scale, offset) > zero ? g : zero;
    if (gate == Gate::read) {
      g = get<Whole>(part.y + at, count) > zero ? g : zero;
      put<Whole>(part.dShortcut + at, g, count);
    }
    sum += g;
    products += g * (x - mean);
  }
};

// Calls f(gate, two) with compile-time constants: the gate of a gradient, and whether there are two gradients of y.
template <class T, class F>
void withGate(const Gradient<T>& part, const F& f) {
  const auto withGradients = [&](auto gate) {
    if (part.dy2) f(gate, std::true_type());
    else f(gate, std::false_type());
  };
  switch (part.gate) {
    case Gate::open:
      return withGradients(std::integral_constant<Gate, Gate::open>());
    case Gate::computed:
      return withGradients(std::integral_constant<Gate, Gate::computed>());
    case Gate::read:
      return withGradients(std::integral_constant<Gate, Gate::read>());
  }
}

template <In in, class T>
void gradientSums(const Gradient<T>& part, int64_t begin, int64_t end, double* sums, double* products) {
  withGate(part, [&](auto gate, auto two) { sumUp<in, GradientTerms<T, gate, two>>(part, begin, end, sums, products); });
}

template <class T, Gate gate, bool Two>
struct GradientTile {
  const Gradient<T>& part;
  int64_t row;

  template <int N, bool Whole>
  void operator()(int64_t column, int64_t count) const {
    const Floats zero = {};
    for (int j = 0; j < N; j++) {
      const int64_t c = column + j * LANES, at = row * part.layout.width + c;
      // If y is read, the first pass has stored the sum of the gradients that pass.
      Floats g = get<Whole>((gate == Gate::read ? part.dShortcut : part.dy) + at, count);
      if (Two && gate != Gate::read) g += get<Whole>(part.dy2 + at, count);
      const Floats x = get<Whole>(part.x + at, count);
      const Floats mean = get<Whole>(part.mean + c, count), scale = get<Whole>(part.scale + c, count);
      if (gate == Gate::computed) g = normalized(x, mean, scale, get<Whole>(part.offset + c, count)) > zero ? g : zero;
      const Floats rest = g - get<Whole>(part.meanGradient + c, count);
      put<Whole>(part.dx + at, scale * (rest - get<Whole>(part.slope + c, count) * (x - mean)), count);
    }
  }
};

template <class T>
void gradient(const Gradient<T>& part, int64_t begin, int64_t end) {
  withGate(part, [&](auto gate, auto two) {
    fromTheEnd(part.layout, begin, end, [&](int64_t row) { forTiles(part.layout.width, GradientTile<T, gate, two>{part, row}); });
  });
}

}  // namespace normalization

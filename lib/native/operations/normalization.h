// The arithmetic of batch normalization over tensors [..., channels], in pieces that threads take up.
//
// A tensor is seen as `rows` of `width` values: a whole multiple of its channels, so that a row fills vectors even if there are few
// channels. What belongs to a channel (mean, scale, ...) is repeated to [width].
#pragma once
#include "vectors.h"

namespace normalization {

using namespace vectors;

struct Layout {
  int64_t rows;
  int64_t width;
};

// For sums of x - shift and of its square in each column.
template <class T>
struct Statistics {
  Layout layout;
  const T* x;
  const float* shift;  // [width]
};

// y = (x - mean) scale + offset (+ shortcut), then ReLU. `scale` includes 1 / standard deviation.
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

// Which of the gradients of y count: all, or those of y > 0, where y is computed again or read (if a shortcut was added).
enum class Gate { open, computed, read };

// The gradient of a normalization: first its sums, then that of x.
template <class T>
struct Gradient {
  Layout layout;
  Gate gate;
  const T* dy;
  const T* dy2;  // a second gradient of y to be added, or null
  const T* x;
  const T* y;     // if gate is `read`
  T* dShortcut;   // if gate is `read`: the sum of gradients that count; may be dy
  T* dx;          // may be dy, or dy2 if gate is `read`
  const float* mean;
  const float* scale;
  const float* offset;
  // dx = scale (gradient - meanGradient - slope (x - mean)), filled in between the two passes
  const float* meanGradient;
  const float* slope;
};

// Rows after which sums in float are added to those in double.
constexpr int64_t block = 32;
// Vectors whose sums are in registers at a time.
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

// Calls f<vectors, whole>(column, count of the last vector) for tiles that make up a row.
template <class F>
inline void tiles(int64_t width, const F& f) {
  int64_t i = 0;
  for (; i + tile * LANES <= width; i += tile * LANES) f.template operator()<tile, true>(i, LANES);
  for (; i + LANES <= width; i += LANES) f.template operator()<1, true>(i, LANES);
  if (i < width) f.template operator()<1, false>(i, width - i);
}

template <class T>
struct StatisticsTile {
  const Statistics<T>& part;
  int64_t begin, end;
  double *sums, *squares;

  template <int N, bool Whole>
  void operator()(int64_t column, int64_t count) const {
    const int64_t width = part.layout.width;
    Floats s[N] = {}, q[N] = {}, shift[N];
    for (int j = 0; j < N; j++) shift[j] = get<Whole>(part.shift + column + j * LANES, count);
    const T* x = part.x + begin * width + column;
    for (int64_t row = begin; row < end; row++, x += width)
      for (int j = 0; j < N; j++) {
        const Floats d = get<Whole>(x + j * LANES, count) - shift[j];
        s[j] += d;
        q[j] += d * d;
      }
    for (int j = 0; j < N; j++) {
      add(sums + column + j * LANES, s[j], count);
      add(squares + column + j * LANES, q[j], count);
    }
  }
};

template <class T>
void statistics(const Statistics<T>& part, int64_t begin, int64_t end, double* sums, double* squares) {
  for (int64_t row = begin; row < end; row += block)
    tiles(part.layout.width, StatisticsTile<T>{part, row, row + block < end ? row + block : end, sums, squares});
}

inline Floats normalized(Floats x, Floats mean, Floats scale, Floats offset) { return (x - mean) * scale + offset; }

template <class T, bool Shortcut>
struct NormalizationTile {
  const Normalization<T>& part;
  int64_t row;

  template <int N, bool Whole>
  void operator()(int64_t column, int64_t count) const {
    const int64_t at = row * part.layout.width + column;
    // NaN is not below and stays, so that a training that diverges is seen to.
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

// From the last row on: it is the one that the statistics have left in the cache.
template <class T>
void normalize(const Normalization<T>& part, int64_t begin, int64_t end) {
  for (int64_t row = end - 1; row >= begin; row--)
    if (part.shortcut) tiles(part.layout.width, NormalizationTile<T, true>{part, row});
    else tiles(part.layout.width, NormalizationTile<T, false>{part, row});
}

template <class T, Gate gate, bool Two>
struct GradientSumsTile {
  const Gradient<T>& part;
  int64_t begin, end;
  double *sums, *products;

  template <int N, bool Whole>
  void operator()(int64_t column, int64_t count) const {
    const int64_t width = part.layout.width;
    const Floats zero = {};
    Floats s[N] = {}, q[N] = {}, mean[N], scale[N], offset[N];
    for (int j = 0; j < N; j++) {
      mean[j] = get<Whole>(part.mean + column + j * LANES, count);
      if (gate == Gate::computed) {
        scale[j] = get<Whole>(part.scale + column + j * LANES, count);
        offset[j] = get<Whole>(part.offset + column + j * LANES, count);
      }
    }
    for (int64_t row = begin; row < end; row++)
      for (int j = 0; j < N; j++) {
        const int64_t at = row * width + column + j * LANES;
        Floats g = get<Whole>(part.dy + at, count);
        if (Two) g += get<Whole>(part.dy2 + at, count);
        const Floats x = get<Whole>(part.x + at, count);
        if (gate == Gate::computed) g = normalized(x, mean[j], scale[j], offset[j]) > zero ? g : zero;
        if (gate == Gate::read) {
          g = get<Whole>(part.y + at, count) > zero ? g : zero;
          put<Whole>(part.dShortcut + at, g, count);
        }
        s[j] += g;
        q[j] += g * (x - mean[j]);
      }
    for (int j = 0; j < N; j++) {
      add(sums + column + j * LANES, s[j], count);
      add(products + column + j * LANES, q[j], count);
    }
  }
};

template <class T, Gate gate, bool Two>
void gradientSumsOf(const Gradient<T>& part, int64_t begin, int64_t end, double* sums, double* products) {
  for (int64_t row = begin; row < end; row += block)
    tiles(part.layout.width,
          GradientSumsTile<T, gate, Two>{part, row, row + block < end ? row + block : end, sums, products});
}

template <class T>
void gradientSums(const Gradient<T>& part, int64_t begin, int64_t end, double* sums, double* products) {
  const bool two = part.dy2 != nullptr;
  switch (part.gate) {
    case Gate::open:
      return (two ? gradientSumsOf<T, Gate::open, true> : gradientSumsOf<T, Gate::open, false>)(part, begin, end, sums,
                                                                                                products);
    case Gate::computed:
      return (two ? gradientSumsOf<T, Gate::computed, true> : gradientSumsOf<T, Gate::computed, false>)(
          part, begin, end, sums, products);
    case Gate::read:
      return (two ? gradientSumsOf<T, Gate::read, true> : gradientSumsOf<T, Gate::read, false>)(part, begin, end, sums,
                                                                                                products);
  }
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
      // With a shortcut the first pass has added up what counts.
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

template <class T, Gate gate, bool Two>
void gradientOf(const Gradient<T>& part, int64_t begin, int64_t end) {
  for (int64_t row = end - 1; row >= begin; row--)
    tiles(part.layout.width, GradientTile<T, gate, Two>{part, row});
}

template <class T>
void gradient(const Gradient<T>& part, int64_t begin, int64_t end) {
  const bool two = part.dy2 != nullptr;
  switch (part.gate) {
    case Gate::open:
      return (two ? gradientOf<T, Gate::open, true> : gradientOf<T, Gate::open, false>)(part, begin, end);
    case Gate::computed:
      return (two ? gradientOf<T, Gate::computed, true> : gradientOf<T, Gate::computed, false>)(part, begin, end);
    case Gate::read:
      return gradientOf<T, Gate::read, false>(part, begin, end);
  }
}

}  // namespace normalization

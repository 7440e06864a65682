// The arithmetic of 3x3 convolutions of narrow groups, padded with one zero on every side, over images [height, width, channels].
//
// A group of 2, 4 or 8 channels gives as many channels, and a vector holds whole groups. Channels are taken in panels of one vector.
// Rows are first copied to floats, panel by panel, with a border of zeros; so neither borders, bfloat16 nor channels that fill no
// vector cost anything further on. Each product of a vector then has the same channel of all its groups, by a shuffle.
#pragma once
#include <algorithm>
#include <vector>

#include "vectors.h"

namespace group_convolution {

using namespace vectors;

// Outputs of a row whose sums are in registers at a time.
constexpr int mostOutputs = LANES == 16 ? 14 : 8;
// Floats of rows that are copied at a time, which a second-level cache holds.
constexpr int64_t stripFloats = 1 << 16;

struct Geometry {
  int64_t channels, groupWidth, stride;
  // Of the input.
  int64_t height, width;

  int64_t outHeight() const { return (height - 1) / stride + 1; }
  int64_t outWidth() const { return (width - 1) / stride + 1; }
  int64_t panels() const { return (channels + LANES - 1) / LANES; }
  // Floats of a panel's weights [3][3][groupWidth][LANES].
  int64_t panelWeights() const { return 9 * groupWidth * LANES; }
  int64_t weights() const { return panels() * panelWeights(); }
  // Channels in a panel.
  int64_t channelsIn(int64_t panel) const { return std::min<int64_t>(LANES, channels - panel * LANES); }
};

// For each channel j of a group, the lanes that hold it.
struct Lanes {
  Words of[8];
  explicit Lanes(int64_t groupWidth) {
    for (int64_t j = 0; j < 8; j++)
      for (int64_t lane = 0; lane < LANES; lane++) of[j][lane] = lane / groupWidth * groupWidth + j % groupWidth;
  }
};

// Consecutive rows of an image in panels [panel][row][column][LANES]; column 0, two columns at the end and rows outside are zeros.
struct Strip {
  int64_t rows, columns;
  float* values;

  static int64_t columnsOf(int64_t width) { return width + 3; }
  static int64_t sizeOf(int64_t panels, int64_t rows, int64_t width) { return panels * rows * columnsOf(width) * LANES; }
  int64_t row() const { return columns * LANES; }
  float* at(int64_t panel, int64_t row_) const { return values + (panel * rows + row_) * row(); }
};

// Copies `strip.rows` rows of an image, the first of which may be outside of it.
template <class T>
void gather(const T* image, int64_t channels, int64_t height, int64_t width, int64_t first, const Strip& strip) {
  const int64_t panels = (channels + LANES - 1) / LANES;
  for (int64_t row = 0; row < strip.rows; row++) {
    const int64_t from = first + row;
    const bool inside = from >= 0 && from < height;
    for (int64_t panel = 0; panel < panels; panel++) {
      float* to = strip.at(panel, row);
      if (!inside) {
        std::fill(to, to + strip.row(), 0.0f);
        continue;
      }
      const int64_t count = std::min<int64_t>(LANES, channels - panel * LANES);
      const T* pixels = image + from * width * channels + panel * LANES;
      store(to, Floats{});
      for (int64_t column = 0; column < width; column++)
        store(to + (column + 1) * LANES, loadFirst(pixels + column * channels, count));
      store(to + (width + 1) * LANES, Floats{});
      store(to + (width + 2) * LANES, Floats{});
    }
  }
}

// The weights [3, 3, groupWidth, channels] in panels [panel][3][3][groupWidth][LANES].
template <class T>
void panelsOf(const T* filter, const Geometry& g, float* weights) {
  for (int64_t panel = 0; panel < g.panels(); panel++)
    for (int64_t row = 0; row < 9 * g.groupWidth; row++, weights += LANES)
      store(weights, loadFirst(filter + row * g.channels + panel * LANES, g.channelsIn(panel)));
}

// The same for gradients of the input: input and output channels of each group are exchanged.
template <class T>
void transposedPanelsOf(const T* filter, const Geometry& g, float* weights) {
  std::fill(weights, weights + g.weights(), 0.0f);
  for (int64_t channel = 0; channel < g.channels; channel++)
    for (int64_t tap = 0; tap < 9; tap++)
      for (int64_t j = 0; j < g.groupWidth; j++) {
        const int64_t first = channel / g.groupWidth * g.groupWidth, panel = channel / LANES;
        weights[panel * g.panelWeights() + (tap * g.groupWidth + j) * LANES + channel % LANES] =
            value(filter[(tap * g.groupWidth + channel - first) * g.channels + first + j]);
      }
}

// Outputs that are computed at a time: as many as are left, of those for which there is code.
template <int most, class F>
inline int64_t runSome(int64_t left, const F& f) {
  if (most >= 14 && left >= 14) return f.template run<std::min(most, 14)>(), 14;
  if (most >= 8 && left >= 8) return f.template run<std::min(most, 8)>(), 8;
  if (most >= 7 && left >= 7) return f.template run<std::min(most, 7)>(), 7;
  if (left >= 4) return f.template run<4>(), 4;
  if (left >= 2) return f.template run<2>(), 2;
  return f.template run<1>(), 1;
}

// Weights of one tap of a row, and the next two's.
struct RowOfTaps {
  Floats first, second, third;
  RowOfTaps(const float* weights, int64_t tap) : first(load(weights)), second(load(weights + tap)), third(load(weights + 2 * tap)) {}
};

// Consecutive outputs of a row. `flipped` takes the taps from the last to the first.
template <int stride, class T>
struct Outputs {
  const Geometry& g;
  const Lanes& lanes;
  const float* rows;  // the first pixel that the first output reads
  int64_t row;
  const float* weights;
  bool flipped;
  T* to;
  int64_t channels;

  template <int count>
  void run() const {
    const int64_t tap = g.groupWidth * LANES;
    Floats sums[count] = {};
    for (int64_t j = 0; j < g.groupWidth; j++)
      for (int ky = 0; ky < 3; ky++) {
        const float* first = weights + (flipped ? 8 - 3 * ky : 3 * ky) * tap + j * LANES;
        const RowOfTaps w(first, flipped ? -tap : tap);
        const Words from = lanes.of[j];
        const float* pixels = rows + ky * row;
        if (stride == 1) {
#pragma GCC unroll 16
          for (int column = 0; column < count + 2; column++) {
            const Floats x = shuffled(load(pixels + column * LANES), from);
            if (column < count) sums[column] += x * w.first;
            if (column > 0 && column <= count) sums[column - 1] += x * w.second;
            if (column > 1) sums[column - 2] += x * w.third;
          }
        } else {
          Floats x = shuffled(load(pixels), from);
#pragma GCC unroll 16
          for (int column = 0; column < count; column++) {
            sums[column] += x * w.first;
            sums[column] += shuffled(load(pixels + (2 * column + 1) * LANES), from) * w.second;
            x = shuffled(load(pixels + (2 * column + 2) * LANES), from);
            sums[column] += x * w.third;
          }
        }
      }
#pragma GCC unroll 16
    for (int column = 0; column < count; column++) storeFirst(to + column * g.channels, sums[column], channels);
  }
};

// A row of outputs [columns, channels] of one panel.
template <int stride, class T>
void outputRow(Outputs<stride, T> outputs, int64_t columns) {
  for (int64_t done; columns > 0; columns -= done) {
    done = runSome<mostOutputs>(columns, outputs);
    outputs.rows += done * stride * LANES;
    outputs.to += done * outputs.g.channels;
  }
}

// Gradients of consecutive pairs of pixels of a row of the input, by a stride of 2: what the taps have read of even and odd columns.
template <class T>
struct InputPairs {
  const Geometry& g;
  const Lanes& lanes;
  int taps;              // rows of taps that have read the row: 1 or 2
  const int* ky;         // which
  const float* rows[2];  // gradients of the outputs of each: the first pixel
  const float* weights;
  T* to;
  int64_t channels;
  int64_t left;  // pixels of the row from the first one on

  template <int count>
  void run() const {
    const int64_t tap = g.groupWidth * LANES;
    Floats even[count] = {}, odd[count] = {};
    for (int i = 0; i < taps; i++)
      for (int64_t j = 0; j < g.groupWidth; j++) {
        const RowOfTaps w(weights + 3 * ky[i] * tap + j * LANES, tap);
        const Words from = lanes.of[j];
#pragma GCC unroll 16
        for (int column = 0; column <= count; column++) {
          const Floats x = shuffled(load(rows[i] + column * LANES), from);
          if (column < count) even[column] += x * w.second;
          if (column < count) odd[column] += x * w.third;
          if (column > 0) odd[column - 1] += x * w.first;
        }
      }
#pragma GCC unroll 16
    for (int column = 0; column < count; column++) {
      storeFirst(to + 2 * column * g.channels, even[column], channels);
      if (2 * column + 1 < left) storeFirst(to + (2 * column + 1) * g.channels, odd[column], channels);
    }
  }
};

// A row of gradients of the input, by a stride of 2. The first row of `dy` is the one at half of `y`.
template <class T>
void inputRow(const Geometry& g, const Lanes& lanes, int64_t y, const float* dy, int64_t row, const float* weights, T* to,
              int64_t channels) {
  static const int even[] = {1}, odd[] = {2, 0};
  InputPairs<T> inputs{g, lanes, y % 2 ? 2 : 1, y % 2 ? odd : even, {dy + LANES, dy + row + LANES}, weights, to, channels, g.width};
  while (inputs.left > 0) {
    const int64_t pairs = runSome<mostOutputs / 2>((inputs.left + 1) / 2, inputs);
    for (const float*& pixels : inputs.rows) pixels += pairs * LANES;
    inputs.to += 2 * pairs * g.channels;
    inputs.left -= 2 * pairs;
  }
}

// Adds to sums [3][3][groupWidth][LANES] of one panel, in `kys` rows of taps, what `rows` rows of gradients dy give. The sums of `js`
// channels of the groups are in registers.
template <int stride, int js, int kys>
void addWeightGradients(const Geometry& g, const Lanes& lanes, int64_t rows, const float* x, int64_t xRow, const float* dy, int64_t dyRow,
                        int firstKy, float* panelSums) {
  const int64_t tap = js * LANES;
  Floats sums[kys][3][js];
  float* const at = panelSums + firstKy * 3 * tap;
  std::memcpy(sums, at, sizeof sums);
  Words from[js];
  for (int j = 0; j < js; j++) from[j] = lanes.of[j];
  for (int64_t y = 0; y < rows; y++) {
    const float* gradient = dy + y * dyRow + LANES;
    const float* pixels = x + (y * stride + firstKy) * xRow;
    if (stride == 1) {
      // Beyond the last output, gradients are the zeros of the border.
      Floats second = {}, third = {};
      for (int64_t column = 0; column < g.outWidth() + 2; column++) {
        const Floats first = load(gradient + column * LANES);
#pragma GCC unroll 4
        for (int ky = 0; ky < kys; ky++) {
          const Floats pixel = load(pixels + ky * xRow + column * LANES);
#pragma GCC unroll 8
          for (int j = 0; j < js; j++) {
            const Floats v = shuffled(pixel, from[j]);
            sums[ky][0][j] += v * first;
            sums[ky][1][j] += v * second;
            sums[ky][2][j] += v * third;
          }
        }
        third = second;
        second = first;
      }
    } else {
      for (int64_t column = 0; column < g.outWidth(); column++) {
        const Floats d = load(gradient + column * LANES);
#pragma GCC unroll 4
        for (int ky = 0; ky < kys; ky++)
#pragma GCC unroll 4
          for (int kx = 0; kx < 3; kx++) {
            const Floats pixel = load(pixels + ky * xRow + (2 * column + kx) * LANES);
#pragma GCC unroll 8
            for (int j = 0; j < js; j++) sums[ky][kx][j] += shuffled(pixel, from[j]) * d;
          }
      }
    }
  }
  std::memcpy(at, sums, sizeof sums);
}

template <int stride>
void addWeightGradients(const Geometry& g, const Lanes& lanes, int64_t rows, const float* x, int64_t xRow, const float* dy, int64_t dyRow,
                        float* sums) {
  if (g.groupWidth == 2) return addWeightGradients<stride, 2, 3>(g, lanes, rows, x, xRow, dy, dyRow, 0, sums);
  for (int ky = 0; ky < 3; ky++)
    (g.groupWidth == 4 ? addWeightGradients<stride, 4, 1> : addWeightGradients<stride, 8, 1>)(g, lanes, rows, x, xRow, dy, dyRow, ky,
                                                                                             sums);
}

// Rows of outputs that are computed from one strip: an image's, or as many as fit.
inline int64_t stripRows(const Geometry& g) {
  const int64_t row = g.panels() * Strip::columnsOf(g.width) * LANES * g.stride;
  return std::max<int64_t>(1, std::min(g.outHeight(), stripFloats / row));
}

// What a thread computes in.
struct Scratch {
  std::vector<float> x, dy;

  explicit Scratch(const Geometry& g)
      : x(Strip::sizeOf(g.panels(), (stripRows(g) - 1) * g.stride + 3, g.width)),
        dy(Strip::sizeOf(g.panels(), stripRows(g) + 2, g.outWidth())) {}
};

// One image: x [height, width, channels] to y [outHeight, outWidth, channels]. Weights as of `panelsOf`.
template <int stride, class T>
void forwardImage(const Geometry& g, const Lanes& lanes, const T* x, const float* weights, T* y, Scratch& scratch) {
  const int64_t step = stripRows(g);
  for (int64_t first = 0; first < g.outHeight(); first += step) {
    const int64_t rows = std::min(step, g.outHeight() - first);
    const Strip strip{(rows - 1) * stride + 3, Strip::columnsOf(g.width), scratch.x.data()};
    gather(x, g.channels, g.height, g.width, first * stride - 1, strip);
    for (int64_t panel = 0; panel < g.panels(); panel++)
      for (int64_t row = 0; row < rows; row++)
        outputRow<stride, T>({g, lanes, strip.at(panel, row * stride), strip.row(), weights + panel * g.panelWeights(), false,
                              y + (first + row) * g.outWidth() * g.channels + panel * LANES, g.channelsIn(panel)},
                             g.outWidth());
  }
}

// One image: the gradient dx of x from dy, that of y, and what it adds to the weights' (in panels). Weights as of `transposedPanelsOf`.
template <int stride, class T>
void backwardImage(const Geometry& g, const Lanes& lanes, const T* x, const T* dy, const float* weights, T* dx, float* sums,
                   Scratch& scratch) {
  const int64_t step = stripRows(g);
  for (int64_t first = 0; first < g.outHeight(); first += step) {
    const int64_t rows = std::min(step, g.outHeight() - first);
    const Strip pixels{(rows - 1) * stride + 3, Strip::columnsOf(g.width), scratch.x.data()};
    // With the row before and the one after.
    const Strip gradients{rows + 2, Strip::columnsOf(g.outWidth()), scratch.dy.data()};
    gather(x, g.channels, g.height, g.width, first * stride - 1, pixels);
    gather(dy, g.channels, g.outHeight(), g.outWidth(), first - 1, gradients);
    for (int64_t panel = 0; panel < g.panels(); panel++) {
      const float* panelWeights = weights + panel * g.panelWeights();
      addWeightGradients<stride>(g, lanes, rows, pixels.at(panel, 0), pixels.row(), gradients.at(panel, 1), gradients.row(),
                                 sums + panel * g.panelWeights());
      for (int64_t y = first * stride; y < std::min(g.height, (first + rows) * stride); y++) {
        T* to = dx + y * g.width * g.channels + panel * LANES;
        if (stride == 1)
          outputRow<1, T>({g, lanes, gradients.at(panel, y - first), gradients.row(), panelWeights, true, to, g.channelsIn(panel)}, g.width);
        else
          inputRow(g, lanes, y, gradients.at(panel, y / 2 - first + 1), gradients.row(), panelWeights, to, g.channelsIn(panel));
      }
    }
  }
}

}  // namespace group_convolution

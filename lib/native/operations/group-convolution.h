// The arithmetic of 3x3 convolutions of groups, padded with one zero on every side, over images [height, width, channels].
//
// A group gives as many channels as it has. Channels are taken in panels of one vector, which holds whole groups of 1, 2, 4 or 8 channels,
// or belongs to one group of 16 or a multiple. Rows are first copied to floats, panel by panel, with a border of zeros; so neither
// borders, bfloat16 nor channels that fill no vector cost anything further on. Each product of a vector then has the same channel of all
// its groups: by a shuffle, or as one value.
#pragma once
#include <algorithm>
#include <memory>
#include <type_traits>
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
  // Values of an image.
  int64_t inputs() const { return height * width * channels; }
  int64_t outputs() const { return outHeight() * outWidth() * channels; }
  // Floats of a panel's weights [3][3][groupWidth][LANES].
  int64_t panelWeights() const { return 9 * groupWidth * LANES; }
  int64_t weights() const { return panels() * panelWeights(); }
  // Channels in a panel.
  int64_t channelsIn(int64_t panel) const { return std::min<int64_t>(LANES, channels - panel * LANES); }
  // The first panel of the groups of a panel.
  int64_t firstPanel(int64_t panel) const { return groupWidth <= LANES ? panel : panel * LANES / groupWidth * groupWidth / LANES; }
};

// How a panel's vector of one channel of each of its groups is got. `of(j, panel)` is a function of the vector at the pixel, in the first
// panel of the group; panels are `panel` values apart.

// Groups of one channel.
struct Alone {
  struct Channel {
    Floats operator()(const float* pixel) const { return load(pixel); }
  };
  Channel of(int64_t, int64_t) const { return {}; }
};

// Groups within a vector.
struct Shuffled {
  Words lanes[8];
  explicit Shuffled(int64_t groupWidth) {
    for (int64_t j = 0; j < 8; j++)
      for (int64_t lane = 0; lane < LANES; lane++) lanes[j][lane] = lane / groupWidth * groupWidth + j % groupWidth;
  }
  struct Channel {
    Words from;
    Floats operator()(const float* pixel) const { return shuffled(load(pixel), from); }
  };
  Channel of(int64_t j, int64_t) const { return {lanes[j]}; }
};

// Groups of whole vectors.
struct Single {
  struct Channel {
    int64_t at;
    Floats operator()(const float* pixel) const { return Floats{} + pixel[at]; }
  };
  Channel of(int64_t j, int64_t panel) const { return {j / LANES * panel + j % LANES}; }
};

// Consecutive rows of an image in panels [panel][row][column][LANES]; column 0, two columns at the end and rows outside are zeros.
struct Strip {
  int64_t rows, columns;
  float* values;

  static int64_t columnsOf(int64_t width) { return width + 3; }
  static int64_t sizeOf(int64_t panels, int64_t rows, int64_t width) { return panels * rows * columnsOf(width) * LANES; }
  int64_t row() const { return columns * LANES; }
  int64_t panel() const { return rows * row(); }
  float* at(int64_t panel, int64_t row_) const { return values + (panel * rows + row_) * row(); }
};

// Copies `strip.rows` rows of an image of a source (around-convolution.h), the first of which may be outside of it.
// @param image index of the image's first value among the `values` of all
template <class Source>
void gather(const Source& source, int64_t values, int64_t image, int64_t channels, int64_t height, int64_t width, int64_t first, const Strip& strip) {
  const int64_t panels = (channels + LANES - 1) / LANES, last = (channels - 1) / LANES * LANES;
  for (int64_t row = 0; row < strip.rows; row++) {
    const int64_t from = first + row;
    if (from < 0 || from >= height) {
      for (int64_t panel = 0; panel < panels; panel++) std::fill_n(strip.at(panel, row), strip.row(), 0.0f);
      continue;
    }
    for (int64_t panel = 0; panel < panels; panel++) {
      float* to = strip.at(panel, row);
      store(to, Floats{});
      store(to + (width + 1) * LANES, Floats{});
      store(to + (width + 2) * LANES, Floats{});
    }
    // In the order of the image's memory.
    for (int64_t column = 0; column < width; column++) {
      const int64_t pixel = image + (from * width + column) * channels;
      float* to = strip.at(0, row) + (column + 1) * LANES;
      for (int64_t channel = 0; channel < last; channel += LANES, to += strip.panel()) store(to, source.read(pixel + channel, channel, LANES));
      // What follows the channels in their last vector is of no account.
      store(to, source.read(pixel + last, last, pixel + last + LANES <= values ? LANES : channels - last));
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
template <int stride, class T, class Channels>
struct Outputs {
  const Geometry& g;
  const Channels& channelsOf;
  const float* rows;  // the first pixel that the first output reads
  int64_t row, panel;
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
        const auto channel = channelsOf.of(j, panel);
        const float* pixels = rows + ky * row;
        if (stride == 1) {
#pragma GCC unroll 16
          for (int column = 0; column < count + 2; column++) {
            const Floats x = channel(pixels + column * LANES);
            if (column < count) sums[column] += x * w.first;
            if (column > 0 && column <= count) sums[column - 1] += x * w.second;
            if (column > 1) sums[column - 2] += x * w.third;
          }
        } else {
          Floats x = channel(pixels);
#pragma GCC unroll 16
          for (int column = 0; column < count; column++) {
            sums[column] += x * w.first;
            sums[column] += channel(pixels + (2 * column + 1) * LANES) * w.second;
            x = channel(pixels + (2 * column + 2) * LANES);
            sums[column] += x * w.third;
          }
        }
      }
#pragma GCC unroll 16
    for (int column = 0; column < count; column++) storeFirst(to + column * g.channels, sums[column], channels);
  }
};

// A row of outputs [columns, channels] of one panel.
template <int stride, class T, class Channels>
void outputRow(Outputs<stride, T, Channels> outputs, int64_t columns) {
  // Three columns or fewer would wait for their own sums.
  const int64_t rest = columns % mostOutputs;
  const bool manySmaller = rest > 0 && rest < 4;
  for (int64_t done; columns > 0; columns -= done) {
    done = manySmaller ? runSome<std::min(mostOutputs, 8)>(columns, outputs) : runSome<mostOutputs>(columns, outputs);
    outputs.rows += done * stride * LANES;
    outputs.to += done * outputs.g.channels;
  }
}

// Gradients of consecutive pairs of pixels of a row of the input, by a stride of 2: what the taps have read of even and odd columns.
template <class T, class Channels>
struct InputPairs {
  const Geometry& g;
  const Channels& channelsOf;
  int64_t panel;
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
        const auto channel = channelsOf.of(j, panel);
#pragma GCC unroll 16
        for (int column = 0; column <= count; column++) {
          const Floats x = channel(rows[i] + column * LANES);
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
template <class T, class Channels>
void inputRow(const Geometry& g, const Channels& channelsOf, int64_t y, const float* dy, int64_t row, int64_t panel, const float* weights,
              T* to, int64_t channels) {
  static const int even[] = {1}, odd[] = {2, 0};
  InputPairs<T, Channels> inputs{g, channelsOf, panel, y % 2 ? 2 : 1, y % 2 ? odd : even, {dy + LANES, dy + row + LANES}, weights, to, channels, g.width};
  while (inputs.left > 0) {
    const int64_t pairs = runSome<mostOutputs / 2>((inputs.left + 1) / 2, inputs);
    for (const float*& pixels : inputs.rows) pixels += pairs * LANES;
    inputs.to += 2 * pairs * g.channels;
    inputs.left -= 2 * pairs;
  }
}

// Adds to sums [3][3][groupWidth][LANES] of one panel, in `kys` rows of taps, what `rows` rows of gradients dy give. The sums of `js`
// channels of the groups, from `firstJ` on, are in registers.
template <int stride, int js, int kys, class Channels>
void addWeightGradients(const Geometry& g, const Channels& channelsOf, int64_t rows, const float* x, int64_t xRow, int64_t xPanel, const float* dy,
                        int64_t dyRow, int firstKy, int64_t firstJ, float* panelSums) {
  const int64_t tap = g.groupWidth * LANES;
  float* const at = panelSums + firstKy * 3 * tap + firstJ * LANES;
  Floats sums[kys][3][js] = {};
  decltype(channelsOf.of(0, 0)) channels[js];
  for (int j = 0; j < js; j++) channels[j] = channelsOf.of(firstJ + j, xPanel);
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
#pragma GCC unroll 8
          for (int j = 0; j < js; j++) {
            const Floats v = channels[j](pixels + ky * xRow + column * LANES);
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
          for (int kx = 0; kx < 3; kx++)
#pragma GCC unroll 8
            for (int j = 0; j < js; j++) sums[ky][kx][j] += channels[j](pixels + ky * xRow + (2 * column + kx) * LANES) * d;
      }
    }
  }
  for (int ky = 0; ky < kys; ky++)
    for (int kx = 0; kx < 3; kx++)
      for (int j = 0; j < js; j++) {
        float* const sum = at + (ky * 3 + kx) * tap + j * LANES;
        store(sum, load(sum) + sums[ky][kx][j]);
      }
}

template <int stride, class Channels>
void addWeightGradients(const Geometry& g, const Channels& channelsOf, int64_t rows, const float* x, int64_t xRow, int64_t xPanel, const float* dy,
                        int64_t dyRow, float* sums) {
  const auto add = [&](auto js, auto kys, int firstKy, int64_t firstJ) {
    // Sums of so few products that rounding does not add up.
    const int64_t step = std::max<int64_t>(1, 256 / g.outWidth());
    for (int64_t y = 0; y < rows; y += step)
      addWeightGradients<stride, js, kys>(g, channelsOf, std::min(step, rows - y), x + y * stride * xRow, xRow, xPanel, dy + y * dyRow, dyRow,
                                          firstKy, firstJ, sums);
  };
  const std::integral_constant<int, 1> one;
  const std::integral_constant<int, 3> three;
  if constexpr (std::is_same_v<Channels, Alone>) {
    add(one, three, 0, 0);
  } else if constexpr (std::is_same_v<Channels, Shuffled>) {
    if (g.groupWidth == 2) return add(std::integral_constant<int, 2>(), three, 0, 0);
    for (int ky = 0; ky < 3; ky++)
      if (g.groupWidth == 4) add(std::integral_constant<int, 4>(), one, ky, 0);
      else add(std::integral_constant<int, 8>(), one, ky, 0);
  } else {
    for (int ky = 0; ky < 3; ky++)
      for (int64_t j = 0; j < g.groupWidth; j += 8) add(std::integral_constant<int, 8>(), one, ky, j);
  }
}

// Rows of outputs that are computed from one strip: an image's, or as many as fit.
inline int64_t stripRows(const Geometry& g) {
  const int64_t row = g.panels() * Strip::columnsOf(g.width) * LANES * g.stride;
  return std::max<int64_t>(1, std::min(g.outHeight(), stripFloats / row));
}

// What a thread computes in.
struct Scratch {
  std::unique_ptr<float[]> x, dy;

  explicit Scratch(const Geometry& g)
      : x(new float[Strip::sizeOf(g.panels(), (stripRows(g) - 1) * g.stride + 3, g.width)]),
        dy(new float[Strip::sizeOf(g.panels(), stripRows(g) + 2, g.outWidth())]) {}
};

// Rows of outputs y [rows, outWidth, channels] of one image of a source, from `first` on: at most `stripRows`. Weights as of `panelsOf`.
template <int stride, class T, class Channels, class Source>
void forwardRows(const Geometry& g, const Channels& channelsOf, const Source& source, int64_t batch, int64_t image, int64_t first, int64_t rows,
                 const float* weights, T* y, Scratch& scratch) {
  const Strip strip{(rows - 1) * stride + 3, Strip::columnsOf(g.width), scratch.x.get()};
  gather(source, batch * g.inputs(), image * g.inputs(), g.channels, g.height, g.width, first * stride - 1, strip);
  for (int64_t panel = 0; panel < g.panels(); panel++)
    for (int64_t row = 0; row < rows; row++)
      outputRow<stride, T, Channels>({g, channelsOf, strip.at(g.firstPanel(panel), row * stride), strip.row(), strip.panel(),
                                      weights + panel * g.panelWeights(), false, y + row * g.outWidth() * g.channels + panel * LANES,
                                      g.channelsIn(panel)},
                                     g.outWidth());
}

// Of one image, what `rows` rows of gradients of the output, from `first` on, add to the weights' (in panels), and the gradient dx of the
// rows of x that they stand for. Weights as of `transposedPanelsOf`.
// @param dx the image's
// @return how many rows of dx these are, from first * stride on
template <int stride, class T, class Channels, class Source, class Gradients>
int64_t backwardRows(const Geometry& g, const Channels& channelsOf, const Source& source, const Gradients& dy, int64_t batch, int64_t image,
                     int64_t first, int64_t rows, const float* weights, T* dx, float* sums, Scratch& scratch) {
  const Strip pixels{(rows - 1) * stride + 3, Strip::columnsOf(g.width), scratch.x.get()};
  // With the row before and the one after.
  const Strip gradients{rows + 2, Strip::columnsOf(g.outWidth()), scratch.dy.get()};
  gather(source, batch * g.inputs(), image * g.inputs(), g.channels, g.height, g.width, first * stride - 1, pixels);
  gather(dy, batch * g.outputs(), image * g.outputs(), g.channels, g.outHeight(), g.outWidth(), first - 1, gradients);
  const int64_t last = std::min(g.height, (first + rows) * stride);
  for (int64_t panel = 0; panel < g.panels(); panel++) {
    const float* panelWeights = weights + panel * g.panelWeights();
    const int64_t group = g.firstPanel(panel);
    addWeightGradients<stride>(g, channelsOf, rows, pixels.at(group, 0), pixels.row(), pixels.panel(), gradients.at(panel, 1), gradients.row(),
                               sums + panel * g.panelWeights());
    for (int64_t y = first * stride; y < last; y++) {
      T* to = dx + y * g.width * g.channels + panel * LANES;
      if (stride == 1)
        outputRow<1, T, Channels>({g, channelsOf, gradients.at(group, y - first), gradients.row(), gradients.panel(), panelWeights, true, to,
                                   g.channelsIn(panel)},
                                  g.width);
      else
        inputRow<T>(g, channelsOf, y, gradients.at(group, y / 2 - first + 1), gradients.row(), gradients.panel(), panelWeights, to,
                    g.channelsIn(panel));
    }
  }
  return last - first * stride;
}

}  // namespace group_convolution

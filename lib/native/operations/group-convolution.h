// The arithmetic of 3x3 group convolutions, padded with one zero on every side, over images [height, width, channels].
//
// Each group has as many output channels as input channels. Channels are processed in panels of one vector: a panel holds whole groups of
// 1, 2, 4 or 8 channels, or lies within one group of 16 channels or a multiple. Rows are first copied, panel by panel, with a border of
// zeros, so that neither borders nor incomplete vectors cost anything in the inner loops. The copies are floats; only bfloat16 in groups of
// 16 or more channels is copied as it is, and multiplied in pairs (vectors.h). Each product of vectors multiplies the weights of a panel's
// output channels by the same input channel (or pair) of their groups, which a shuffle or broadcast puts into each lane.
#pragma once
#include <algorithm>
#include <memory>
#include <type_traits>
#include <vector>

#include "vectors.h"

namespace group_convolution {

using namespace vectors;

// Maximum number of outputs of a row whose sums are in registers.
constexpr int maxOutputs = LANES == 16 ? 14 : 8;
// Approximate number of values that are copied at a time; they fit in a second-level cache.
constexpr int64_t stripValues = 1 << 16;

struct Geometry {
  int64_t channels, groupWidth, stride;
  int64_t height, width;  // of the input

  int64_t outHeight() const { return (height - 1) / stride + 1; }
  int64_t outWidth() const { return (width - 1) / stride + 1; }
  int64_t panels() const { return (channels + LANES - 1) / LANES; }
  // Number of values in an image.
  int64_t inputs() const { return height * width * channels; }
  int64_t outputs() const { return outHeight() * outWidth() * channels; }
  // Number of a panel's weights [3][3][groupWidth][LANES].
  int64_t panelWeights() const { return 9 * groupWidth * LANES; }
  int64_t weights() const { return panels() * panelWeights(); }
  // Number of channels in a panel.
  int64_t channelsIn(int64_t panel) const { return std::min<int64_t>(LANES, channels - panel * LANES); }
  // The first panel of the group that a panel belongs to; the panel itself if it holds whole groups.
  int64_t firstPanel(int64_t panel) const { return groupWidth <= LANES ? panel : panel * LANES / groupWidth * groupWidth / LANES; }
};

// Three ways to form the vector whose lanes hold factor j of their groups at a pixel. `of(j, panel)` returns a function of the pixel's
// address in the first panel of the group; panels are `panel` factors apart.

// For groups of one channel: a load.
struct Depthwise {
  struct Channel {
    Floats operator()(const float* pixel) const { return load(pixel); }
  };
  Channel of(int64_t, int64_t) const { return {}; }
};

// For groups within a vector: a shuffle.
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

// For groups of whole vectors: a broadcast. A pixel has so many `factors` in a panel.
template <int64_t factors>
struct Broadcast {
  struct Channel {
    int64_t at;
    template <class Factor>
    auto operator()(const Factor* pixel) const { return broadcast(pixel + at); }
  };
  Channel of(int64_t j, int64_t panel) const { return {j / factors * panel + j % factors}; }
};

// A copy of consecutive rows of an image, [panel][row][column][LANES]. Column 0, the last two columns and rows outside the image are 0.
template <class Value>
struct Strip {
  int64_t rows, columns;
  Value* values;

  int64_t row() const { return columns * LANES; }
  int64_t panel() const { return rows * row(); }
  Value* at(int64_t panel, int64_t row_) const { return values + (panel * rows + row_) * row(); }
};

// Number of columns in a strip of an image of this width.
inline int64_t stripColumns(int64_t width) { return width + 3; }

// Copies `strip.rows` rows of an image from a source (around-convolution.h), from row `first` on; some may be outside the image.
// @param values number of values in all images
// @param image index of the image's first value among these
template <class Source, class Value>
void gather(const Source& source, int64_t values, int64_t image, int64_t channels, int64_t height, int64_t width, int64_t first,
            const Strip<Value>& strip) {
  for (int64_t row = 0; row < strip.rows; row++) {
    const int64_t from = first + row;
    for (int64_t channel = 0; channel < channels; channel += LANES) {
      Value* to = strip.at(channel / LANES, row);
      if (from < 0 || from >= height) {
        std::fill_n(to, strip.row(), Value{});
        continue;
      }
      for (const int64_t column : {int64_t(0), width + 1, width + 2}) store(to + column * LANES, Floats{});
      const auto vector = source.of(channel);
      // Lanes beyond the last channel may hold anything; so whole vectors are read unless they reach past the end of the tensor.
      const int64_t left = channels - channel, pixel = image + from * width * channels + channel;
      const bool isWhole = left >= LANES || pixel + (width - 1) * channels + LANES <= values;
      for (int64_t column = 0; column < width; column++)
        store(to + (column + 1) * LANES, vector.read(pixel + column * channels, isWhole ? LANES : left));
    }
  }
}

// Packs the weights [3, 3, groupWidth, channels] in panels [panel][3][3][factors of groupWidth][LANES].
template <class Value, class T>
void packPanels(const T* filter, const Geometry& g, Factor<Value>* weights) {
  for (int64_t panel = 0; panel < g.panels(); panel++)
    for (int64_t row = 0; row < 9 * g.groupWidth; row += factorValues<Value>, weights += LANES) {
      const T* from = filter + row * g.channels + panel * LANES;
      const int64_t count = g.channelsIn(panel);
      if constexpr (factorValues<Value> == 1) store(weights, loadFirst(from, count));
      else store(weights, paired(rounded(loadFirst(from, count)), rounded(loadFirst(from + g.channels, count))));
    }
}

// Packs them for gradients of the input: with input and output channels of each group exchanged.
template <class Value, class T>
void packTransposedPanels(const T* filter, const Geometry& g, Factor<Value>* weights) {
  std::fill_n(weights, g.weights() / factorValues<Value>, Factor<Value>{});
  for (int64_t channel = 0; channel < g.channels; channel++)
    for (int64_t tap = 0; tap < 9; tap++)
      for (int64_t j = 0; j < g.groupWidth; j++) {
        const int64_t first = channel / g.groupWidth * g.groupWidth, panel = channel / LANES;
        const T weight = filter[(tap * g.groupWidth + channel - first) * g.channels + first + j];
        Factor<Value>& factor = weights[((panel * 9 + tap) * g.groupWidth + j) / factorValues<Value> * LANES + channel % LANES];
        if constexpr (factorValues<Value> == 1) factor = value(weight);
        else (j % 2 ? factor.second : factor.first) = weight;
      }
}

// Calls f.run<count>() with the largest compiled count that exceeds neither `most` nor `left`; returns that count.
template <int most, class F>
inline int64_t runSome(int64_t left, const F& f) {
  if (most >= 14 && left >= 14) return f.template run<std::min(most, 14)>(), 14;
  if (most >= 8 && left >= 8) return f.template run<std::min(most, 8)>(), 8;
  if (most >= 7 && left >= 7) return f.template run<std::min(most, 7)>(), 7;
  if (left >= 4) return f.template run<4>(), 4;
  if (left >= 2) return f.template run<2>(), 2;
  return f.template run<1>(), 1;
}

// The weights of three consecutive taps, which are `tap` factors apart.
template <class Factor>
struct TapRow {
  decltype(load(static_cast<const Factor*>(nullptr))) first, second, third;
  TapRow(const Factor* weights, int64_t tap) : first(load(weights)), second(load(weights + tap)), third(load(weights + 2 * tap)) {}
};

// Number of factors of a pixel in a panel of copied values.
template <class Value>
constexpr int64_t pixelFactors = LANES / factorValues<Value>;

template <class Value>
const Factor<Value>* factorsAt(const Value* values) { return reinterpret_cast<const Factor<Value>*>(values); }

// Computes consecutive outputs of a row. `flipped` takes the taps from the last to the first.
template <int stride, class T, class Value, class Channels>
struct Outputs {
  const Geometry& g;
  const Channels& channelsOf;
  const Factor<Value>* rows;  // the first pixel that the first output reads
  int64_t row, panel;         // distances between rows and between panels, in factors
  const Factor<Value>* weights;
  bool flipped;
  T* to;
  int64_t channels;

  template <int count>
  void run() const {
    constexpr int64_t pixel = pixelFactors<Value>;
    const int64_t steps = g.groupWidth / factorValues<Value>, tap = steps * LANES;
    Floats sums[count] = {};
    for (int64_t j = 0; j < steps; j++)
      for (int ky = 0; ky < 3; ky++) {
        const Factor<Value>* first = weights + (flipped ? 8 - 3 * ky : 3 * ky) * tap + j * LANES;
        const TapRow<Factor<Value>> w(first, flipped ? -tap : tap);
        const auto channel = channelsOf.of(j, panel);
        const Factor<Value>* pixels = rows + ky * row;
        if (stride == 1) {
#pragma GCC unroll 16
          for (int column = 0; column < count + 2; column++) {
            const auto x = channel(pixels + column * pixel);
            if (column < count) sums[column] = addProduct(sums[column], x, w.first);
            if (column > 0 && column <= count) sums[column - 1] = addProduct(sums[column - 1], x, w.second);
            if (column > 1) sums[column - 2] = addProduct(sums[column - 2], x, w.third);
          }
        } else {
          auto x = channel(pixels);
#pragma GCC unroll 16
          for (int column = 0; column < count; column++) {
            sums[column] = addProduct(sums[column], x, w.first);
            sums[column] = addProduct(sums[column], channel(pixels + (2 * column + 1) * pixel), w.second);
            x = channel(pixels + (2 * column + 2) * pixel);
            sums[column] = addProduct(sums[column], x, w.third);
          }
        }
      }
#pragma GCC unroll 16
    for (int column = 0; column < count; column++) storeFirst(to + column * g.channels, sums[column], channels);
  }
};

// Computes a row of outputs [columns, channels] of one panel.
template <int stride, class T, class Value, class Channels>
void outputRow(Outputs<stride, T, Value, Channels> outputs, int64_t columns) {
  // A remainder of one to three columns has too few sums to hide the latency of additions; smaller blocks can avoid it.
  const int64_t rest = columns % maxOutputs;
  const bool smallerBlocks = rest > 0 && rest < 4;
  for (int64_t done; columns > 0; columns -= done) {
    done = smallerBlocks ? runSome<std::min(maxOutputs, 8)>(columns, outputs) : runSome<maxOutputs>(columns, outputs);
    outputs.rows += done * stride * pixelFactors<Value>;
    outputs.to += done * outputs.g.channels;
  }
}

// Computes the gradients of consecutive pairs of pixels in a row of the input, for a stride of 2: an even column and the odd one after it.
template <class T, class Value, class Channels>
struct InputPairs {
  const Geometry& g;
  const Channels& channelsOf;
  int64_t panel;
  int taps;                      // number of rows of taps that have read the row: 1 or 2
  const int* ky;                 // their indices
  const Factor<Value>* rows[2];  // for each, the first pixel of the gradients of its outputs
  const Factor<Value>* weights;
  T* to;
  int64_t channels;
  int64_t left;  // number of pixels from the first one to the end of the row

  template <int count>
  void run() const {
    const int64_t steps = g.groupWidth / factorValues<Value>, tap = steps * LANES;
    Floats even[count] = {}, odd[count] = {};
    for (int i = 0; i < taps; i++)
      for (int64_t j = 0; j < steps; j++) {
        const TapRow<Factor<Value>> w(weights + 3 * ky[i] * tap + j * LANES, tap);
        const auto channel = channelsOf.of(j, panel);
#pragma GCC unroll 16
        for (int column = 0; column <= count; column++) {
          const auto x = channel(rows[i] + column * pixelFactors<Value>);
          if (column < count) even[column] = addProduct(even[column], x, w.second);
          if (column < count) odd[column] = addProduct(odd[column], x, w.third);
          if (column > 0) odd[column - 1] = addProduct(odd[column - 1], x, w.first);
        }
      }
#pragma GCC unroll 16
    for (int column = 0; column < count; column++) {
      storeFirst(to + 2 * column * g.channels, even[column], channels);
      if (2 * column + 1 < left) storeFirst(to + (2 * column + 1) * g.channels, odd[column], channels);
    }
  }
};

// Computes row `y` of the gradients of the input, for a stride of 2. `dy` is row y / 2, rounded down, of the gradients of the output.
template <class Value, class T, class Channels>
void inputRow(const Geometry& g, const Channels& channelsOf, int64_t y, const Factor<Value>* dy, int64_t row, int64_t panel,
              const Factor<Value>* weights, T* to, int64_t channels) {
  constexpr int64_t pixel = pixelFactors<Value>;
  static const int even[] = {1}, odd[] = {2, 0};
  InputPairs<T, Value, Channels> inputs{g,       channelsOf, panel,   y % 2 ? 2 : 1, y % 2 ? odd : even, {dy + pixel, dy + row + pixel},
                                        weights, to,         channels, g.width};
  while (inputs.left > 0) {
    const int64_t pairs = runSome<maxOutputs / 2>((inputs.left + 1) / 2, inputs);
    for (auto& pixels : inputs.rows) pixels += pairs * pixel;
    inputs.to += 2 * pairs * g.channels;
    inputs.left -= 2 * pairs;
  }
}

// Pairs every `step`-th row of a strip in [begin, end) with the row `distance` further on, or with zeros if that is not before `end`.
inline Strip<Pair> rowPairs(const Strip<bfloat16>& strip, int64_t panels, int64_t begin, int64_t end, int64_t distance, int64_t step, Pair* to) {
  const Strip<Pair> pairs{(end - begin + step - 1) / step, strip.columns, to};
  for (int64_t panel = 0; panel < panels; panel++)
    for (int64_t row = begin; row < end; row += step) {
      const bfloat16 *first = strip.at(panel, row), *second = row + distance < end ? strip.at(panel, row + distance) : nullptr;
      Pair* pair = pairs.at(panel, (row - begin) / step);
      for (int64_t i = 0; i < strip.row(); i += LANES) store(pair + i, paired(loadHalves(first + i), second ? loadHalves(second + i) : Halves{}));
    }
  return pairs;
}

// Adds the products of x and rows of gradients dy, or of pairs of rows, to the sums [3][3][groupWidth][LANES] of one panel: those of `kys`
// rows of taps, from `firstKy` on, and `js` channels of each group, from `firstJ` on, are added up in registers first. Each step takes one
// row or pair; from step to step, dy advances by `dyRow` factors and x by `xStep`.
template <int stride, int js, int kys, class Factor, class Channels>
void addWeightGradients(const Geometry& g, const Channels& channelsOf, int64_t steps, const Factor* x, int64_t xStep, int64_t xRow, int64_t xPanel,
                        const Factor* dy, int64_t dyRow, int firstKy, int64_t firstJ, float* panelSums) {
  const int64_t tap = g.groupWidth * LANES;
  float* const at = panelSums + firstKy * 3 * tap + firstJ * LANES;
  Floats sums[kys][3][js] = {};
  decltype(channelsOf.of(0, 0)) channels[js];
  for (int j = 0; j < js; j++) channels[j] = channelsOf.of(firstJ + j, xPanel);
  for (int64_t step = 0; step < steps; step++) {
    const Factor* gradient = dy + step * dyRow + LANES;
    const Factor* pixels = x + step * xStep + firstKy * xRow;
    if (stride == 1) {
      // Beyond the last output, the gradients are the zeros of the border.
      decltype(load(gradient)) second = {}, third = {};
      for (int64_t column = 0; column < g.outWidth() + 2; column++) {
        const auto first = load(gradient + column * LANES);
#pragma GCC unroll 4
        for (int ky = 0; ky < kys; ky++) {
#pragma GCC unroll 8
          for (int j = 0; j < js; j++) {
            const auto v = channels[j](pixels + ky * xRow + column * LANES);
            sums[ky][0][j] = addProduct(sums[ky][0][j], v, first);
            sums[ky][1][j] = addProduct(sums[ky][1][j], v, second);
            sums[ky][2][j] = addProduct(sums[ky][2][j], v, third);
          }
        }
        third = second;
        second = first;
      }
    } else {
      for (int64_t column = 0; column < g.outWidth(); column++) {
        const auto d = load(gradient + column * LANES);
#pragma GCC unroll 4
        for (int ky = 0; ky < kys; ky++)
#pragma GCC unroll 4
          for (int kx = 0; kx < 3; kx++)
#pragma GCC unroll 8
            for (int j = 0; j < js; j++)
              sums[ky][kx][j] = addProduct(sums[ky][kx][j], channels[j](pixels + ky * xRow + (2 * column + kx) * LANES), d);
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

template <int stride, class Factor, class Channels>
void addWeightGradients(const Geometry& g, const Channels& channelsOf, int64_t steps, const Factor* x, int64_t xStep, int64_t xRow, int64_t xPanel,
                        const Factor* dy, int64_t dyRow, float* sums) {
  const auto add = [&](auto js, auto kys, int firstKy, int64_t firstJ) {
    // At most 256 products (or pairs), or one row's, are summed at a time, so that rounding errors do not accumulate.
    const int64_t most = std::max<int64_t>(1, 256 / g.outWidth());
    for (int64_t step = 0; step < steps; step += most)
      addWeightGradients<stride, js, kys>(g, channelsOf, std::min(most, steps - step), x + step * xStep, xStep, xRow, xPanel, dy + step * dyRow,
                                          dyRow, firstKy, firstJ, sums);
  };
  const std::integral_constant<int, 1> one;
  const std::integral_constant<int, 3> three;
  if constexpr (std::is_same_v<Channels, Depthwise>) {
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

// Number of rows of outputs computed from one strip: an image's, or as many as fit.
inline int64_t stripRows(const Geometry& g) {
  const int64_t row = g.panels() * stripColumns(g.width) * LANES * g.stride;
  return std::max<int64_t>(1, std::min(g.outHeight(), stripValues / row));
}

// The type to which values T are copied: T if they are broadcast, else float.
template <class T, class Channels>
using StripValue = std::conditional_t<std::is_same_v<Channels, Broadcast<pixelFactors<T>>>, T, float>;

// The buffers of a thread.
template <class Value>
struct Scratch {
  std::unique_ptr<Value[]> x, dy;
  // Pairs of rows, for the gradient of the weights if values are multiplied in pairs.
  std::unique_ptr<Pair[]> xPairs, dyPairs;

  explicit Scratch(const Geometry& g, bool backward) {
    const int64_t xRows = (stripRows(g) - 1) * g.stride + 3, dyRows = stripRows(g) + 2;
    const int64_t row = g.panels() * stripColumns(g.width) * LANES, outRow = g.panels() * stripColumns(g.outWidth()) * LANES;
    x.reset(new Value[xRows * row]);
    if (!backward) return;
    dy.reset(new Value[dyRows * outRow]);
    if (factorValues<Value> == 1) return;
    xPairs.reset(new Pair[xRows * row]);
    dyPairs.reset(new Pair[dyRows / 2 * outRow]);
  }
};

// Computes rows of outputs y [rows, outWidth, channels] of one image, from row `first` on: at most `stripRows`. Weights as packed by
// `packPanels`.
template <int stride, class Value, class T, class Channels, class Source>
void forwardRows(const Geometry& g, const Channels& channelsOf, const Source& source, int64_t batch, int64_t image, int64_t first, int64_t rows,
                 const Factor<Value>* weights, T* y, Scratch<Value>& scratch) {
  const Strip<Value> strip{(rows - 1) * stride + 3, stripColumns(g.width), scratch.x.get()};
  gather(source, batch * g.inputs(), image * g.inputs(), g.channels, g.height, g.width, first * stride - 1, strip);
  for (int64_t panel = 0; panel < g.panels(); panel++)
    for (int64_t row = 0; row < rows; row++)
      outputRow<stride, T, Value, Channels>(
          {g, channelsOf, factorsAt(strip.at(g.firstPanel(panel), row * stride)), strip.row() / factorValues<Value>,
           strip.panel() / factorValues<Value>, weights + panel * g.panelWeights() / factorValues<Value>, false, y + row * g.outWidth() * g.channels + panel * LANES, g.channelsIn(panel)},
          g.outWidth());
}

// For rows of gradients of one image's output, from row `first` on (at most `stripRows`): adds their products with x to the gradients of the
// weights, in panels, and computes the corresponding rows of dx, from first * stride on. Weights as packed by `packTransposedPanels`.
// @param dx the gradient of the whole image
// @param sums the gradients of the weights
// @return the number of rows of dx
template <int stride, class Value, class T, class Channels, class Source, class Gradients>
int64_t backwardRows(const Geometry& g, const Channels& channelsOf, const Source& source, const Gradients& dy, int64_t batch, int64_t image,
                     int64_t first, int64_t rows, const Factor<Value>* weights, T* dx, float* sums, Scratch<Value>& scratch) {
  const Strip<Value> pixels{(rows - 1) * stride + 3, stripColumns(g.width), scratch.x.get()};
  // Including the row before and the row after.
  const Strip<Value> gradients{rows + 2, stripColumns(g.outWidth()), scratch.dy.get()};
  gather(source, batch * g.inputs(), image * g.inputs(), g.channels, g.height, g.width, first * stride - 1, pixels);
  gather(dy, batch * g.outputs(), image * g.outputs(), g.channels, g.outHeight(), g.outWidth(), first - 1, gradients);
  const auto addSums = [&](const Strip<Factor<Value>>& x, const Strip<Factor<Value>>& dyRows, int64_t firstRow, const auto& factorsOf) {
    for (int64_t panel = 0; panel < g.panels(); panel++)
      addWeightGradients<stride>(g, factorsOf, (rows + factorValues<Value> - 1) / factorValues<Value>, x.at(g.firstPanel(panel), 0),
                                 factorValues<Value> * stride * x.row(), x.row(), x.panel(), dyRows.at(panel, firstRow), dyRows.row(),
                                 sums + panel * g.panelWeights());
  };
  if constexpr (factorValues<Value> == 1)
    addSums(pixels, gradients, 1, channelsOf);
  else
    addSums(rowPairs(pixels, g.panels(), 0, pixels.rows, stride, 1, scratch.xPairs.get()),
            rowPairs(gradients, g.panels(), 1, rows + 1, 1, 2, scratch.dyPairs.get()), 0, Broadcast<LANES>());
  const int64_t last = std::min(g.height, (first + rows) * stride);
  const int64_t row = gradients.row() / factorValues<Value>, panelFactors = gradients.panel() / factorValues<Value>;
  for (int64_t panel = 0; panel < g.panels(); panel++) {
    const Factor<Value>* panelWeights = weights + panel * g.panelWeights() / factorValues<Value>;
    const int64_t group = g.firstPanel(panel);
    for (int64_t y = first * stride; y < last; y++) {
      T* to = dx + y * g.width * g.channels + panel * LANES;
      if (stride == 1)
        outputRow<1, T, Value, Channels>({g, channelsOf, factorsAt(gradients.at(group, y - first)), row, panelFactors, panelWeights, true, to,
                                          g.channelsIn(panel)},
                                         g.width);
      else
        inputRow<Value>(g, channelsOf, y, factorsAt(gradients.at(group, y / 2 - first + 1)), row, panelFactors, panelWeights, to,
                        g.channelsIn(panel));
    }
  }
  return last - first * stride;
}

}  // namespace group_convolution

// 3x3 group convolutions and their gradients as TensorFlow operations, which include passes of batch normalization over the same tensors.
//
// Threads share the images. Results do not depend on the number of threads: statistics and gradients are summed over chunks of images,
// which depend on the number of images alone, and the sums of chunks are added in order.
#pragma once
#include "around-convolution.h"
#include "group-convolution.h"

namespace group_convolution {

using around_convolution::Attributes;
using around_convolution::Coefficients;

constexpr int64_t maxChunks = 16;

// Reads the sizes of x [batch, height, width, channels] and filter [3, 3, groupWidth, channels]. Fails and returns false if they do not fit.
inline bool geometry(Call& call, const Attributes& attributes, int64_t& batch, Geometry& g) {
  const std::vector<int64_t> x = call.shapeOf(0), filter = call.shapeOf(1);
  if (call.failed()) return false;
  if (x.size() != 4 || std::count(x.begin(), x.end(), 0)) return !call.fail("x must be images with values");
  if (filter.size() != 4 || filter[0] != 3 || filter[1] != 3 || filter[3] != x[3] || filter[2] < 1 || x[3] % filter[2] != 0)
    return !call.fail("the filter must be [3, 3, channels of a group, channels of x]");
  const int64_t width = filter[2];
  if (width != 1 && width != 2 && width != 4 && width != 8 && width % 16 != 0)
    return !call.fail("a group must have 1, 2, 4, 8 or a multiple of 16 channels");
  batch = x[0];
  g = {x[3], width, attributes.stride, x[1], x[2]};
  return true;
}

// Calls compute(stride, channelsOf) with a compile-time stride, and with the way to form vectors that suits the width of the groups.
template <class T, class F>
void dispatch(const Geometry& g, const F& compute) {
  const auto withStride = [&](const auto& channelsOf) {
    if (g.stride == 1) compute(std::integral_constant<int, 1>(), channelsOf);
    else compute(std::integral_constant<int, 2>(), channelsOf);
  };
  if (g.groupWidth == 1) withStride(Depthwise());
  else if (g.groupWidth <= 8) withStride(Shuffled(g.groupWidth));
  else withStride(Broadcast<pixelFactors<T>>());
}

// The images of a batch in chunks, each of which has its own sums.
struct Chunks {
  int64_t batch, count;

  explicit Chunks(int64_t images) : batch(images), count(std::min(images, maxChunks)) {}

  // Calls work(chunk, begin, end) with the range of images of each chunk, on all threads.
  template <class F>
  void run(const F& work) const {
    Threads::all().run(count, [&](int64_t first, int64_t last) {
      for (int64_t chunk = first; chunk < last; chunk++) work(chunk, batch * chunk / count, batch * (chunk + 1) / count);
    });
  }
};

// Two sums per channel for each chunk, accumulated from pieces of images.
class ChunkSums {
 public:
  ChunkSums(const Chunks& chunks, int64_t channels) : channels_(channels), chunks_(chunks.count), sums_(2 * channels * chunks.count) {}

  // Values [channels], repeated to the largest width that a row of a piece may have.
  static normalization::Repeated repeated(int64_t channels, const float* values) { return {widthOf(channels), channels, values}; }

  // Adds the sums over a piece of `pixels` pixels; sumUp(layout, first, second) adds them up per column.
  template <class F>
  void add(int64_t chunk, int64_t pixels, const F& sumUp) {
    const int64_t width = widthOf(channels_);
    std::vector<double> piece(2 * width);
    const int64_t repeats = normalization::repeatsOf(channels_, pixels);
    sumUp(normalization::Layout{pixels / repeats, channels_ * repeats}, piece.data(), piece.data() + width);
    double* sums = &sums_[2 * channels_ * chunk];
    for (int64_t i = 0; i < channels_ * repeats; i++) {
      sums[i % channels_] += piece[i];
      sums[channels_ + i % channels_] += piece[width + i];
    }
  }

  normalization::Sums total() const {
    normalization::Sums sums(channels_);
    for (int64_t chunk = 0; chunk < chunks_; chunk++)
      for (int64_t channel = 0; channel < channels_; channel++) {
        sums.first[channel] += sums_[2 * channels_ * chunk + channel];
        sums.second[channel] += sums_[2 * channels_ * chunk + channels_ + channel];
      }
    return sums;
  }

 private:
  static int64_t widthOf(int64_t channels) { return channels * normalization::repeatsOf(channels, 1 << 10); }

  int64_t channels_, chunks_;
  std::vector<double> sums_;
};

template <class T, int stride, class Channels, class Source>
void forwardOf(Call& call, const Attributes& attributes, int64_t batch, const Geometry& g, const Channels& channelsOf, const Source& source) {
  const T* filter = call.input<T>(1);
  const std::vector<int64_t> shape{batch, g.outHeight(), g.outWidth(), g.channels};
  T* y = call.output<T>(0, shape);
  float* statistics[3] = {};
  for (int i = 0; i < attributes.statistics; i++) statistics[i] = call.output<float>(1 + i, {g.channels});
  if (call.failed()) return;
  using Value = StripValue<T, Channels>;
  std::vector<Factor<Value>> weights(g.weights() / factorValues<Value>);
  packPanels<Value>(filter, g, weights.data());
  const int64_t row = g.outWidth() * g.channels, step = stripRows(g);
  const auto computeRows = [&](int64_t image, int64_t first, int64_t rows, T* to, Scratch<Value>& scratch) {
    forwardRows<stride, Value>(g, channelsOf, source, batch, image, first, rows, weights.data(), to, scratch);
  };
  // First computes the pixels from which the approximate mean is taken: the middle row of up to two images.
  std::vector<float> approximate;
  if (attributes.statistics) {
    const int64_t samples = std::min<int64_t>(batch, 2);
    std::vector<T> sampled(samples * row);
    Scratch<Value> scratch(g, false);
    for (int64_t sample = 0; sample < samples; sample++)
      computeRows(batch * sample / samples, g.outHeight() / 2, 1, &sampled[sample * row], scratch);
    approximate = normalization::approximateMean(normalization::Plan({samples * g.outWidth(), g.channels}), sampled.data());
  }
  const Chunks chunks(batch);
  ChunkSums sums(chunks, g.channels);
  const normalization::Repeated shift(ChunkSums::repeated(approximate.size(), approximate.data()));
  chunks.run([&](int64_t chunk, int64_t begin, int64_t end) {
    Scratch<Value> scratch(g, false);
    for (int64_t image = begin; image < end; image++)
      for (int64_t first = 0; first < g.outHeight(); first += step) {
        const int64_t rows = std::min(step, g.outHeight() - first);
        T* to = y + image * g.outputs() + first * row;
        computeRows(image, first, rows, to, scratch);
        if (attributes.statistics)
          sums.add(chunk, rows * g.outWidth(), [&](const normalization::Layout& layout, double* values, double* squares) {
            normalization::statistics<normalization::In::cache>(normalization::Statistics<T>{layout, to, shift}, 0, layout.rows, values, squares);
          });
      }
  });
  if (attributes.statistics)
    normalization::finishStatistics(normalization::Plan(shape), approximate, sums.total(), attributes.epsilon, statistics[0], statistics[1],
                                    statistics[2]);
}

// Inputs: x [batch, height, width, channels], filter [3, 3, groupWidth, channels], and the normalization of x if there is one. Outputs: y
// and, if requested, mean, (Bessel-corrected) variance and 1 / standard deviation of its channels.
template <class T>
void computeForward(void* kernel, TF_OpKernelContext* context) {
  const Attributes& attributes = *static_cast<Attributes*>(kernel);
  Call call(context);
  int64_t batch;
  Geometry g;
  if (!geometry(call, attributes, batch, g)) return;
  around_convolution::withSource<T>(call, attributes, g.channels, [&](const auto& source) {
    dispatch<T>(g, [&](auto stride, const auto& channelsOf) { forwardOf<T, stride>(call, attributes, batch, g, channelsOf, source); });
  });
}

template <class T, int stride, class Channels, class Source, class Gradients>
void gradientOf(Call& call, int64_t batch, const Geometry& g, const Channels& channelsOf, const Source& source, const Gradients& gradients,
                const Coefficients* read) {
  const T *x = call.input<T>(0), *filter = call.input<T>(1);
  T* dx = call.output<T>(0, {batch, g.height, g.width, g.channels});
  T* dFilter = call.output<T>(1, call.shapeOf(1));
  around_convolution::NormalizationGradients ofNormalization(call, read, g.channels);
  if (call.failed()) return;
  using Value = StripValue<T, Channels>;
  std::vector<Factor<Value>> weights(g.weights() / factorValues<Value>);
  packTransposedPanels<Value>(filter, g, weights.data());
  const Chunks chunks(batch);
  std::vector<float> sums(chunks.count * g.weights());
  ChunkSums channelSums(chunks, g.channels);
  const around_convolution::Padded none(0);
  const auto repeated = [&](const float* values) { return ChunkSums::repeated(read ? g.channels : 0, values); };
  const normalization::Repeated mean(repeated(read ? read->mean : none)), scale(repeated(read ? read->scale : none)),
      offset(repeated(read ? read->offset : none));
  const int64_t step = stripRows(g);
  chunks.run([&](int64_t chunk, int64_t begin, int64_t end) {
    Scratch<Value> scratch(g, true);
    for (int64_t image = begin; image < end; image++)
      for (int64_t first = 0; first < g.outHeight(); first += step) {
        const int64_t rows = backwardRows<stride, Value>(g, channelsOf, source, gradients, batch, image, first, std::min(step, g.outHeight() - first),
                                                  weights.data(), dx + image * g.inputs(), &sums[chunk * g.weights()], scratch);
        if (!read) continue;
        const int64_t at = image * g.inputs() + first * stride * g.width * g.channels;
        channelSums.add(chunk, rows * g.width, [&](const normalization::Layout& layout, double* values, double* products) {
          const auto part = around_convolution::gradientOfNormalized<T>(layout, dx + at, x + at, mean, scale, offset);
          normalization::gradientSums<normalization::In::cache>(part, 0, layout.rows, values, products);
        });
      }
  });
  if (read) ofNormalization.finish(channelSums.total());
  for (int64_t chunk = 1; chunk < chunks.count; chunk++)
    for (int64_t i = 0; i < g.weights(); i++) sums[i] += sums[chunk * g.weights() + i];
  for (int64_t panel = 0; panel < g.panels(); panel++)
    for (int64_t row = 0; row < 9 * g.groupWidth; row++)
      storeFirst(dFilter + row * g.channels + panel * LANES, load(&sums[panel * g.panelWeights() + row * LANES]), g.channelsIn(panel));
}

// Inputs: as for BeyondPointwiseConvGrad. Outputs: the gradients of x (of normalized x if x is normalized), of the filter and, if x is
// normalized, of scale and offset of its normalization.
template <class T>
void computeGradient(void* kernel, TF_OpKernelContext* context) {
  const Attributes& attributes = *static_cast<Attributes*>(kernel);
  Call call(context);
  int64_t batch;
  Geometry g;
  if (!geometry(call, attributes, batch, g)) return;
  around_convolution::withGradientSources<T>(
      call, attributes, g.channels, {batch, g.outHeight(), g.outWidth(), g.channels},
      [&](const auto& source, const auto& gradients, const Coefficients* read) {
        dispatch<T>(g, [&](auto stride, const auto& channelsOf) { gradientOf<T, stride>(call, batch, g, channelsOf, source, gradients, read); });
      });
}

}  // namespace group_convolution

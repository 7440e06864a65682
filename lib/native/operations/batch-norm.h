// Batch normalization with the addition of a shortcut and ReLU, and its gradients, as operations of TensorFlow. Each goes through its
// tensors twice, for sums and for results, which TensorFlow's own operations do several times as often.
//
// The results do not depend on the number of threads: sums are over chunks of rows that the number of rows alone decides, added in
// their order.
#pragma once
#include "call.h"
#include "normalization.h"
#include "parallel.h"

namespace normalization {

// Values of a tensor that are not worth the waking of threads.
constexpr int64_t small = 1 << 14;
constexpr int64_t mostChunks = 64;

struct Attributes {
  float epsilon = 0;
  bool relu = false;
  int32_t shortcuts = 0;
  int32_t gradients = 0;
};

// How a tensor is gone through.
struct Plan {
  int64_t channels, values, repeats, chunks, chunkRows;
  Layout layout;

  Plan(const std::vector<int64_t>& shape) : channels(shape.back()), values(1), repeats(1) {
    for (const int64_t size : shape) values *= size;
    const int64_t pixels = values / channels;
    // Rows that fill vectors: of at least 64 values, and a multiple of 16 if that is possible.
    while ((channels * repeats < 64 || channels * repeats % 16 != 0) && pixels % (2 * repeats) == 0) repeats *= 2;
    layout = {pixels / repeats, channels * repeats};
    const int64_t blocks = (layout.rows + block - 1) / block;
    chunkRows = block * ((blocks + mostChunks - 1) / mostChunks);
    chunks = (layout.rows + chunkRows - 1) / chunkRows;
  }

  int64_t pixels() const { return values / channels; }

  template <class F>
  void overChunks(const F& f) const {
    const auto work = [&](int64_t first, int64_t last) {
      for (int64_t chunk = first; chunk < last; chunk++) f(chunk, firstRow(chunk), firstRow(chunk + 1));
    };
    if (values < small) work(0, chunks);
    else Threads::all().run(chunks, work);
  }

  // Each thread goes through the rows that were its own in `overChunks`.
  template <class F>
  void overRows(const F& f) const {
    const auto work = [&](int64_t first, int64_t last) { f(firstRow(first), firstRow(last)); };
    if (values < small) work(0, chunks);
    else Threads::all().run(chunks, work);
  }

  int64_t firstRow(int64_t chunk) const { return std::min(chunk * chunkRows, layout.rows); }
};

// Two sums for each channel, over all pixels.
struct Sums {
  std::vector<double> first, second;

  // @param sumUp adds those of rows to [width] each
  template <class F>
  Sums(const Plan& plan, const F& sumUp) : first(plan.channels), second(plan.channels) {
    const int64_t width = plan.layout.width;
    std::unique_ptr<double[]> partial(new double[2 * width * plan.chunks]);
    plan.overChunks([&](int64_t chunk, int64_t begin, int64_t end) {
      double* sums = &partial[2 * width * chunk];
      std::fill(sums, sums + 2 * width, 0.0);
      sumUp(begin, end, sums, sums + width);
    });
    for (int64_t chunk = 0; chunk < plan.chunks; chunk++) {
      const double* sums = &partial[2 * width * chunk];
      for (int64_t from = 0; from < width; from += plan.channels)
        for (int64_t channel = 0; channel < plan.channels; channel++) {
          first[channel] += sums[from + channel];
          second[channel] += sums[width + from + channel];
        }
    }
  }
};

// Values of the channels, repeated to the width of a row.
class Repeated {
 public:
  Repeated(const Plan& plan, const float* values) : values_(plan.layout.width) {
    for (int64_t i = 0; i < plan.layout.width; i++) values_[i] = values[i % plan.channels];
  }
  operator const float*() const { return values_.data(); }

 private:
  std::vector<float> values_;
};

// About the mean of each channel: that of some pixels. Sums of differences from it lose no digits to a large mean. It is exact for a
// channel that is constant, whose differences from its mean must be 0 and not what rounding leaves.
template <class T>
std::vector<float> approximateMean(const Plan& plan, const T* x) {
  constexpr int64_t most = 16;
  const int64_t samples = std::min(plan.pixels(), most);
  std::vector<float> mean(plan.channels);
  for (int64_t sample = 0; sample < samples; sample++) {
    const T* pixel = x + plan.pixels() * sample / samples * plan.channels;
    for (int64_t channel = 0; channel < plan.channels; channel++) mean[channel] += value(pixel[channel]) - value(x[channel]);
  }
  for (int64_t channel = 0; channel < plan.channels; channel++)
    mean[channel] = value(x[channel]) + mean[channel] / samples;
  return mean;
}

// Inputs: x [..., channels], scale, offset [channels], the shortcut if there is one. Outputs: y, mean, (Bessel-corrected) variance and
// 1 / standard deviation [channels].
template <class T>
void computeForward(void* kernel, TF_OpKernelContext* context) {
  const Attributes& attributes = *static_cast<Attributes*>(kernel);
  Call call(context);
  const std::vector<int64_t> shape = call.shapeOf(0);
  if (call.failed()) return;
  if (shape.empty() || std::count(shape.begin(), shape.end(), 0)) return void(call.fail("x must have values"));
  if (call.shapeOf(1) != std::vector<int64_t>{shape.back()} || call.shapeOf(2) != call.shapeOf(1))
    return void(call.fail("scale and offset must have one value for each channel of x"));
  if (attributes.shortcuts && call.shapeOf(3) != shape) return void(call.fail("the shortcut must have the shape of x"));
  const Plan plan(shape);
  const T* x = call.input<T>(0);
  const float *scale = call.input<float>(1), *offset = call.input<float>(2);
  const T* shortcut = attributes.shortcuts ? call.input<T>(3) : nullptr;
  T* y = call.output<T>(0, shape);
  float *mean = call.output<float>(1, {plan.channels}), *variance = call.output<float>(2, {plan.channels});
  float* inverse = call.output<float>(3, {plan.channels});
  if (call.failed()) return;

  const std::vector<float> about = approximateMean(plan, x);
  const Repeated shift(plan, about.data());
  const Statistics<T> part{plan.layout, x, shift};
  const Sums sums(plan, [&](int64_t begin, int64_t end, double* first, double* second) {
    statistics(part, begin, end, first, second);
  });
  const double pixels = plan.pixels();
  std::vector<float> factor(plan.channels);
  for (int64_t channel = 0; channel < plan.channels; channel++) {
    const double difference = sums.first[channel] / pixels;
    const double square = sums.second[channel] / pixels - difference * difference;
    // Not std::max, which would make 0 of NaN.
    const double biased = square < 0 ? 0 : square;
    mean[channel] = about[channel] + difference;
    variance[channel] = pixels > 1 ? biased * pixels / (pixels - 1) : biased;
    inverse[channel] = 1 / std::sqrt(biased + attributes.epsilon);
    factor[channel] = scale[channel] * inverse[channel];
  }
  const Repeated means(plan, mean), factors(plan, factor.data()), offsets(plan, offset);
  const Normalization<T> normalization{plan.layout, x, shortcut, means, factors, offsets, attributes.relu, y};
  plan.overRows([&](int64_t begin, int64_t end) { normalize(normalization, begin, end); });
}

// Inputs: x, scale, offset, mean, 1 / standard deviation, the gradients of y (one or two, to be added), y if a shortcut was added.
// Outputs: the gradients of x, of the shortcut if there was one, of scale and of offset.
template <class T>
void computeGradient(void* kernel, TF_OpKernelContext* context) {
  const Attributes& attributes = *static_cast<Attributes*>(kernel);
  Call call(context);
  const std::vector<int64_t> shape = call.shapeOf(0);
  if (call.failed()) return;
  if (shape.empty() || std::count(shape.begin(), shape.end(), 0)) return void(call.fail("x must have values"));
  const int tensors = attributes.gradients + attributes.shortcuts;
  for (int index = 0; index < tensors; index++)
    if (call.shapeOf(5 + index) != shape) return void(call.fail("the gradients and y must have the shape of x"));
  const Plan plan(shape);
  const T* x = call.input<T>(0);
  const float *scale = call.input<float>(1), *offset = call.input<float>(2);
  const float *mean = call.input<float>(3), *inverse = call.input<float>(4);
  const T* dy = call.input<T>(5);
  const T* dy2 = attributes.gradients > 1 ? call.input<T>(6) : nullptr;
  const T* y = attributes.shortcuts ? call.input<T>(5 + attributes.gradients) : nullptr;
  T *dx, *dShortcut = nullptr;
  if (attributes.shortcuts) {
    dShortcut = call.outputInPlace<T>(5, 1, shape);
    dx = attributes.gradients > 1 ? call.outputInPlace<T>(6, 0, shape) : call.output<T>(0, shape);
  } else {
    dx = call.outputInPlace<T>(5, 0, shape);
  }
  float* dScale = call.output<float>(1 + attributes.shortcuts, {plan.channels});
  float* dOffset = call.output<float>(2 + attributes.shortcuts, {plan.channels});
  if (call.failed()) return;

  std::vector<float> factor(plan.channels), meanGradient(plan.channels), slope(plan.channels);
  for (int64_t channel = 0; channel < plan.channels; channel++) factor[channel] = scale[channel] * inverse[channel];
  const Repeated means(plan, mean), factors(plan, factor.data()), offsets(plan, offset);
  const Gate gate = !attributes.relu ? Gate::open : attributes.shortcuts ? Gate::read : Gate::computed;
  Gradient<T> part{plan.layout, gate, dy, dy2, x, y, dShortcut, dx, means, factors, offsets, nullptr, nullptr};
  const Sums sums(plan, [&](int64_t begin, int64_t end, double* first, double* second) {
    gradientSums(part, begin, end, first, second);
  });
  const double pixels = plan.pixels();
  for (int64_t channel = 0; channel < plan.channels; channel++) {
    const double product = sums.second[channel] * inverse[channel];
    dOffset[channel] = sums.first[channel];
    dScale[channel] = product;
    meanGradient[channel] = sums.first[channel] / pixels;
    slope[channel] = product * inverse[channel] / pixels;
  }
  const Repeated meanGradients(plan, meanGradient.data()), slopes(plan, slope.data());
  part.meanGradient = meanGradients;
  part.slope = slopes;
  plan.overRows([&](int64_t begin, int64_t end) { gradient(part, begin, end); });
}

// The attributes, whose memory `delete` gives back; null if they are none that the operations compute.
inline void* newAttributes(TF_OpKernelConstruction* construction, bool isGradient) {
  auto attributes = std::make_unique<Attributes>();
  const Status status(TF_NewStatus());
  unsigned char relu = 0;
  const auto isRead = [&] {
    if (TF_GetCode(status.get()) == TF_OK) return true;
    TF_OpKernelConstruction_Failure(construction, status.get());
    return false;
  };
  TF_OpKernelConstruction_GetAttrBool(construction, "relu", &relu, status.get());
  attributes->relu = relu != 0;
  if (!isRead()) return nullptr;
  TF_OpKernelConstruction_GetAttrInt32(construction, "shortcuts", &attributes->shortcuts, status.get());
  if (!isRead()) return nullptr;
  if (isGradient)
    TF_OpKernelConstruction_GetAttrInt32(construction, "gradients", &attributes->gradients, status.get());
  else
    TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", &attributes->epsilon, status.get());
  if (!isRead()) return nullptr;
  if (attributes->shortcuts > 1 || attributes->gradients > 2 || (attributes->shortcuts && !attributes->relu)) {
    TF_SetStatus(status.get(), TF_INVALID_ARGUMENT, "at most one shortcut, and that with ReLU, and two gradients");
    isRead();
    return nullptr;
  }
  return attributes.release();
}

inline void deleteAttributes(void* kernel) { delete static_cast<Attributes*>(kernel); }

}  // namespace normalization

// Batch normalization with the addition of a shortcut and ReLU, and its gradients, as TensorFlow operations. Each makes two passes over its
// tensors, for sums and for results; TensorFlow's own operations make several times as many.
//
// Results do not depend on the number of threads: sums are taken over chunks of rows, which depend on the number of rows alone, and the
// sums of chunks are added in order.
#pragma once
#include "call.h"
#include "normalization.h"
#include "parallel.h"

namespace normalization {

constexpr int64_t maxChunks = 64;

struct Attributes {
  float epsilon = 0;
  bool relu = false;
  int32_t shortcuts = 0;
  int32_t gradients = 0;
  // Whether y is computed and, in the backward pass, the gradient of x (0 or 1).
  int32_t outputs = 0;
  int32_t inputs = 0;
};

// The operations of this file.
enum class Kind { batchNorm, normalization, batchNormGradient, normalizationGradient };

// Number of pixels in a row, a divisor of `pixels`, so that rows fill vectors if possible: at least 64 values, and a multiple of 16.
inline int64_t repeatsOf(int64_t channels, int64_t pixels) {
  int64_t repeats = 1;
  while ((channels * repeats < 64 || channels * repeats % 16 != 0) && pixels % (2 * repeats) == 0) repeats *= 2;
  return repeats;
}

// The division of a tensor into rows, and of the rows into at most `most` chunks.
struct Plan {
  int64_t channels, values, repeats, chunks, chunkRows;
  Layout layout;

  Plan(const std::vector<int64_t>& shape, int64_t most = maxChunks) : channels(shape.back()), values(1) {
    for (const int64_t size : shape) values *= size;
    const int64_t pixels = values / channels;
    repeats = repeatsOf(channels, pixels);
    layout = {pixels / repeats, channels * repeats};
    const int64_t blocks = (layout.rows + block - 1) / block;
    chunkRows = block * ((blocks + most - 1) / most);
    chunks = (layout.rows + chunkRows - 1) / chunkRows;
  }

  int64_t pixels() const { return values / channels; }

  // Calls f(chunk, begin, end) with the range of rows of each chunk, on all threads.
  template <class F>
  void overChunks(const F& f) const {
    Threads::all().runOver(values, chunks, [&](int64_t first, int64_t last) {
      for (int64_t chunk = first; chunk < last; chunk++) f(chunk, firstRow(chunk), firstRow(chunk + 1));
    });
  }

  // Calls f(begin, end) with ranges of rows that consist of whole chunks, on all threads.
  template <class F>
  void overRows(const F& f) const {
    Threads::all().runOver(values, chunks, [&](int64_t first, int64_t last) { f(firstRow(first), firstRow(last)); });
  }

  int64_t firstRow(int64_t chunk) const { return std::min(chunk * chunkRows, layout.rows); }
};

// Two sums per channel, over all pixels.
struct Sums {
  std::vector<double> first, second;

  explicit Sums(int64_t channels) : first(channels), second(channels) {}

  // @param sumUp (chunk, begin, end, first, second) adds rows of a chunk to two sums of each column, [width]
  template <class F>
  Sums(const Plan& plan, const F& sumUp) : first(plan.channels), second(plan.channels) {
    const int64_t width = plan.layout.width;
    std::unique_ptr<double[]> partial(new double[2 * width * plan.chunks]);
    plan.overChunks([&](int64_t chunk, int64_t begin, int64_t end) {
      double* sums = &partial[2 * width * chunk];
      std::fill(sums, sums + 2 * width, 0.0);
      sumUp(chunk, begin, end, sums, sums + width);
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

// Values per channel, repeated to the width of a row.
class Repeated {
 public:
  Repeated(const Plan& plan, const float* values) : Repeated(plan.layout.width, plan.channels, values) {}
  Repeated(int64_t width, int64_t channels, const float* values) : values_(width) {
    for (int64_t i = 0; i < width; i++) values_[i] = values[i % channels];
  }
  operator const float*() const { return values_.data(); }

 private:
  std::vector<float> values_;
};

// The number of pixels that `approximateMean` reads, and the index of each.
inline int64_t sampleCount(const Plan& plan) { return std::min<int64_t>(plan.pixels(), 16); }
inline int64_t samplePixel(const Plan& plan, int64_t sample) { return plan.pixels() * sample / sampleCount(plan); }

// The mean of some pixels, for each channel. Sums of differences from it lose no digits to a large mean. For a constant channel it is exact,
// so that the differences are 0 and not rounding errors.
template <class T>
std::vector<float> approximateMean(const Plan& plan, const T* x) {
  const int64_t samples = sampleCount(plan);
  std::vector<float> mean(plan.channels);
  for (int64_t sample = 0; sample < samples; sample++) {
    const T* pixel = x + samplePixel(plan, sample) * plan.channels;
    for (int64_t channel = 0; channel < plan.channels; channel++) mean[channel] += value(pixel[channel]) - value(x[channel]);
  }
  for (int64_t channel = 0; channel < plan.channels; channel++)
    mean[channel] = value(x[channel]) + mean[channel] / samples;
  return mean;
}

// Computes mean, (Bessel-corrected) variance and 1 / standard deviation of each channel from the sums of the differences from `approximate`
// and of their squares.
inline void finishStatistics(const Plan& plan, const std::vector<float>& approximate, const Sums& sums, float epsilon, float* mean,
                             float* variance, float* inverse) {
  const double pixels = plan.pixels();
  for (int64_t channel = 0; channel < plan.channels; channel++) {
    const double difference = sums.first[channel] / pixels;
    const double square = sums.second[channel] / pixels - difference * difference;
    // Not std::max, which would turn NaN into 0.
    const double biased = square < 0 ? 0 : square;
    mean[channel] = approximate[channel] + difference;
    variance[channel] = pixels > 1 ? biased * pixels / (pixels - 1) : biased;
    inverse[channel] = 1 / std::sqrt(biased + epsilon);
  }
}

// Computes y from x, input 0, and its statistics. Inputs from `scaleIndex` on: scale, offset, and the shortcut if there is one.
template <class T>
void normalizeAll(Call& call, const Attributes& attributes, const Plan& plan, const float* mean, const float* inverse, int scaleIndex, T* y) {
  const T *x = call.input<T>(0), *shortcut = attributes.shortcuts ? call.input<T>(scaleIndex + 2) : nullptr;
  const float *scale = call.input<float>(scaleIndex), *offset = call.input<float>(scaleIndex + 1);
  if (call.failed()) return;
  std::vector<float> factor(plan.channels);
  for (int64_t channel = 0; channel < plan.channels; channel++) factor[channel] = scale[channel] * inverse[channel];
  const Repeated means(plan, mean), factors(plan, factor.data()), offsets(plan, offset);
  const Normalization<T> normalization{plan.layout, x, shortcut, means, factors, offsets, attributes.relu, y};
  plan.overRows([&](int64_t begin, int64_t end) { normalize(normalization, begin, end); });
}

// Returns the shape of x. Fails if x has no values, or if the `vectors` inputs after x, or the shortcut after these, have a wrong shape.
inline std::vector<int64_t> normalizedShape(Call& call, const Attributes& attributes, int vectors) {
  const std::vector<int64_t> shape = call.shapeOf(0);
  if (call.failed()) return shape;
  if (shape.empty() || std::count(shape.begin(), shape.end(), 0)) return call.fail("x must have values"), shape;
  for (int index = 1; index <= vectors; index++)
    if (call.shapeOf(index) != std::vector<int64_t>{shape.back()})
      return call.fail("scale, offset and statistics must have one value for each channel of x"), shape;
  if (attributes.shortcuts && call.shapeOf(vectors + 1) != shape) call.fail("the shortcut must have the shape of x");
  return shape;
}

// Inputs: x [..., channels], scale, offset [channels], and the shortcut if there is one. Outputs: y if requested, and mean,
// (Bessel-corrected) variance and 1 / standard deviation [channels].
template <class T>
void computeForward(void* kernel, TF_OpKernelContext* context) {
  const Attributes& attributes = *static_cast<Attributes*>(kernel);
  Call call(context);
  const std::vector<int64_t> shape = normalizedShape(call, attributes, 2);
  if (call.failed()) return;
  const Plan plan(shape);
  const T* x = call.input<T>(0);
  const int first = attributes.outputs;
  T* y = attributes.outputs ? call.output<T>(0, shape) : nullptr;
  float *mean = call.output<float>(first, {plan.channels}), *variance = call.output<float>(first + 1, {plan.channels});
  float* inverse = call.output<float>(first + 2, {plan.channels});
  if (call.failed()) return;
  const std::vector<float> approximate = approximateMean(plan, x);
  const Repeated shift(plan, approximate.data());
  const Statistics<T> part{plan.layout, x, shift};
  const Sums sums(plan, [&](int64_t, int64_t begin, int64_t end, double* first, double* second) {
    statistics<In::memory>(part, begin, end, first, second);
  });
  finishStatistics(plan, approximate, sums, attributes.epsilon, mean, variance, inverse);
  if (y) normalizeAll(call, attributes, plan, mean, inverse, 1, y);
}

// Normalizes with given statistics. Inputs: x, mean, 1 / standard deviation, scale, offset, and the shortcut if there is one. Output: y.
template <class T>
void computeNormalized(void* kernel, TF_OpKernelContext* context) {
  const Attributes& attributes = *static_cast<Attributes*>(kernel);
  Call call(context);
  const std::vector<int64_t> shape = normalizedShape(call, attributes, 4);
  if (call.failed()) return;
  const float *mean = call.input<float>(1), *inverse = call.input<float>(2);
  T* y = call.output<T>(0, shape);
  if (call.failed()) return;
  normalizeAll(call, attributes, Plan(shape), mean, inverse, 3, y);
}

// Computes the gradients of scale and offset from their sums.
inline void finishGradients(const Sums& sums, const float* inverse, float* dScale, float* dOffset) {
  for (size_t channel = 0; channel < sums.first.size(); channel++) {
    dOffset[channel] = sums.first[channel];
    dScale[channel] = sums.second[channel] * inverse[channel];
  }
}

// Computes the coefficients `meanGradient` and `slope` [channels] of the gradient of x (`Gradient`) from the gradients of scale and offset
// over so many pixels.
template <class Vector>
void inputTerms(int64_t channels, double pixels, const float* inverse, const float* dScale, const float* dOffset, Vector& meanGradient,
                Vector& slope) {
  for (int64_t channel = 0; channel < channels; channel++) {
    meanGradient[channel] = dOffset[channel] / pixels;
    slope[channel] = dScale[channel] * inverse[channel] / pixels;
  }
}

// Computes the gradient of x from those of scale and offset.
template <class T>
void inputGradient(const Plan& plan, Gradient<T> part, const float* inverse, const float* dScale, const float* dOffset) {
  std::vector<float> meanGradient(plan.channels), slope(plan.channels);
  inputTerms(plan.channels, plan.pixels(), inverse, dScale, dOffset, meanGradient, slope);
  const Repeated meanGradients(plan, meanGradient.data()), slopes(plan, slope.data());
  part.meanGradient = meanGradients;
  part.slope = slopes;
  plan.overRows([&](int64_t begin, int64_t end) { gradient(part, begin, end); });
}

// Inputs: x, scale, offset, mean, 1 / standard deviation, one or two gradients of y, which are added, and y if a shortcut was added.
// Outputs: the gradients of x if requested, of the shortcut if there was one, of scale and of offset.
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
  const int output = attributes.inputs;
  T *dx = nullptr, *dShortcut = nullptr;
  if (attributes.shortcuts) dShortcut = call.outputInPlace<T>(5, output, shape);
  // dx may take over the memory of a gradient that dShortcut has not taken.
  const int free = attributes.shortcuts ? attributes.gradients - 1 : 1;
  if (attributes.inputs) dx = free ? call.outputInPlace<T>(attributes.shortcuts ? 6 : 5, 0, shape) : call.output<T>(0, shape);
  float* dScale = call.output<float>(output + attributes.shortcuts, {plan.channels});
  float* dOffset = call.output<float>(output + attributes.shortcuts + 1, {plan.channels});
  if (call.failed()) return;

  std::vector<float> factor(plan.channels);
  for (int64_t channel = 0; channel < plan.channels; channel++) factor[channel] = scale[channel] * inverse[channel];
  const Repeated means(plan, mean), factors(plan, factor.data()), offsets(plan, offset);
  const Gate gate = !attributes.relu ? Gate::open : attributes.shortcuts ? Gate::read : Gate::computed;
  const Gradient<T> part{plan.layout, gate, dy, dy2, x, y, dShortcut, dx, means, factors, offsets, nullptr, nullptr};
  const Sums sums(plan, [&](int64_t, int64_t begin, int64_t end, double* first, double* second) {
    gradientSums<In::memory>(part, begin, end, first, second);
  });
  finishGradients(sums, inverse, dScale, dOffset);
  if (attributes.inputs) inputGradient(plan, part, inverse, dScale, dOffset);
}

// Computes the gradient of x from given gradients of scale and offset. Inputs: x, scale, offset, mean, 1 / standard deviation, the gradient
// of y, and the gradients of scale and offset. Output: the gradient of x.
template <class T>
void computeNormalizationGradient(void* kernel, TF_OpKernelContext* context) {
  const Attributes& attributes = *static_cast<Attributes*>(kernel);
  Call call(context);
  const std::vector<int64_t> shape = normalizedShape(call, attributes, 4);
  if (call.failed()) return;
  if (call.shapeOf(5) != shape) return void(call.fail("the gradient of y must have the shape of x"));
  const T *x = call.input<T>(0), *dy = call.input<T>(5);
  const float *scale = call.input<float>(1), *offset = call.input<float>(2);
  const float *mean = call.input<float>(3), *inverse = call.input<float>(4);
  const float *dScale = call.input<float>(6), *dOffset = call.input<float>(7);
  T* dx = call.outputInPlace<T>(5, 0, shape);
  if (call.failed()) return;
  const Plan plan(shape);
  std::vector<float> factor(plan.channels);
  for (int64_t channel = 0; channel < plan.channels; channel++) factor[channel] = scale[channel] * inverse[channel];
  const Repeated means(plan, mean), factors(plan, factor.data()), offsets(plan, offset);
  const Gate gate = attributes.relu ? Gate::computed : Gate::open;
  inputGradient(plan, Gradient<T>{plan.layout, gate, dy, nullptr, x, nullptr, nullptr, dx, means, factors, offsets, nullptr, nullptr},
                inverse, dScale, dOffset);
}

// Creates the state of a kernel: its attributes.
inline void* newAttributes(TF_OpKernelConstruction* handle, Kind kind) {
  Construction construction(handle);
  Attributes attributes;
  attributes.relu = construction.boolean("relu");
  if (kind != Kind::normalizationGradient) attributes.shortcuts = construction.integer("shortcuts");
  construction.require(attributes.shortcuts <= 1 && (!attributes.shortcuts || attributes.relu), "at most one shortcut, and that with ReLU");
  if (kind == Kind::batchNorm) {
    attributes.epsilon = construction.real("epsilon");
    attributes.outputs = construction.integer("outputs");
    construction.require(attributes.outputs <= 1, "at most one y");
  }
  if (kind == Kind::batchNormGradient) {
    attributes.gradients = construction.integer("gradients");
    attributes.inputs = construction.integer("inputs");
    construction.require(attributes.gradients <= 2 && attributes.inputs <= 1, "at most two gradients, and one gradient of x");
  }
  return construction.create(attributes);
}

}  // namespace normalization

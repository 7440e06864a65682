// The part of the neighbouring batch norms' work that a convolution takes over. Forward, it normalizes its input as it reads it, and
// computes the statistics of the output it has just written. Backward, it derives the gradient of its output from that of the normalized
// output as it reads it, and computes the sums for the gradients of its input's normalization.
#pragma once
#include <optional>

#include "batch-norm.h"

namespace around_convolution {

using namespace vectors;

struct Attributes {
  int32_t stride = 1;
  float epsilon = 0;
  // Numbers of vectors [channels] that describe the normalization of x (0 or 4) and the statistics of the output (0 or 3).
  int32_t normalization = 0, statistics = 0;
  // Whether dy is the gradient of the normalized output, so that the output is an input, too (0 or 1); number of vectors that describe this
  // normalization and its gradients (0 or 6); whether ReLU follows it.
  int32_t outputs = 0, outputNormalization = 0;
  bool outputRelu = false;
  // Number of gradients computed for the normalization of x: of its scale and offset (0 or 2).
  int32_t sums = 0;
};

// Creates the state of a kernel: its attributes.
inline void* newAttributes(TF_OpKernelConstruction* handle, bool isGradient, int32_t maxStride) {
  Construction construction(handle);
  Attributes attributes;
  attributes.stride = construction.integer("stride");
  construction.require(attributes.stride >= 1 && attributes.stride <= maxStride, "the operation has no such stride");
  attributes.normalization = construction.integer("normalization");
  construction.require(attributes.normalization == 0 || attributes.normalization == 4, "a normalization has 4 vectors");
  if (isGradient) {
    attributes.outputs = construction.integer("outputs");
    attributes.outputNormalization = construction.integer("output_normalization");
    attributes.outputRelu = construction.boolean("output_relu");
    construction.require(attributes.outputNormalization == 6 * attributes.outputs && attributes.outputs <= 1,
                         "the normalization of an output has 6 vectors");
    attributes.sums = construction.integer("sums");
    construction.require(2 * attributes.sums == attributes.normalization, "a normalization has 2 gradients");
  } else {
    attributes.epsilon = construction.real("epsilon");
    attributes.statistics = construction.integer("statistics");
    construction.require(attributes.statistics == 0 || attributes.statistics == 3, "there are 3 statistics");
  }
  return construction.create(attributes);
}

// One value for each channel, padded with zeros to whole vectors.
class Padded {
 public:
  explicit Padded(int64_t channels) : values_((channels + LANES - 1) / LANES * LANES) {}
  float& operator[](int64_t channel) { return values_[channel]; }
  operator const float*() const { return values_.data(); }

 private:
  std::vector<float> values_;
};

// The coefficients of a normalization, from four inputs [channels], the first of index `first`: mean, 1 / standard deviation, scale and
// offset. Here, `scale` includes 1 / standard deviation.
struct Coefficients {
  Padded mean, scale, offset;
  const float* inverse;

  Coefficients(Call& call, int first, int64_t channels) : mean(channels), scale(channels), offset(channels), inverse(nullptr) {
    const float* vectors[4];
    for (int i = 0; i < 4; i++) {
      vectors[i] = call.input<float>(first + i);
      if (call.shapeOf(first + i) != std::vector<int64_t>{channels}) call.fail("a normalization has one value for each channel");
    }
    if (call.failed()) return;
    inverse = vectors[1];
    for (int64_t channel = 0; channel < channels; channel++) {
      mean[channel] = vectors[0][channel];
      scale[channel] = vectors[2][channel] * inverse[channel];
      offset[channel] = vectors[3][channel];
    }
  }
};

// The gradients of scale and offset of the normalization of x, as outputs 2 and 3; no outputs if x is not normalized.
class NormalizationGradients {
 public:
  NormalizationGradients(Call& call, const Coefficients* read, int64_t channels) : read_(read) {
    if (!read) return;
    scale_ = call.output<float>(2, {channels});
    offset_ = call.output<float>(3, {channels});
  }

  void finish(const normalization::Sums& sums) { normalization::finishGradients(sums, read_->inverse, scale_, offset_); }

 private:
  const Coefficients* read_;
  float *scale_ = nullptr, *offset_ = nullptr;
};

// The arguments of the sums for these gradients: x, and the gradient dx of x after normalization and ReLU.
template <class T>
normalization::Gradient<T> gradientOfNormalized(const normalization::Layout& layout, const T* dx, const T* x, const float* mean,
                                                const float* scale, const float* offset) {
  return {layout, normalization::Gate::computed, dx, nullptr, x, nullptr, nullptr, nullptr, mean, scale, offset, nullptr, nullptr};
}

// A source supplies the values [pixels, channels] that a convolution reads. `source.of(channel)` represents the vector of channels that
// begins with `channel`; its coefficients stay in registers while `read(at, count)` is called for pixel after pixel. It returns the first
// `count` of these channels' values, which begin at index `at`.

// Values as they are in memory.
template <class T>
struct Plain {
  const T* values;

  struct Channels {
    const T* values;
    Floats read(int64_t at, int64_t count) const { return loadFirst(values + at, count); }
  };
  Channels of(int64_t) const { return {values}; }
};

// relu((x - mean) scale + offset), where `scale` includes 1 / standard deviation.
template <class T>
struct Normalized {
  const T* x;
  const float *mean, *scale, *offset;  // padded to whole vectors, as in `NormalizedGradient`

  struct Channels {
    const T* x;
    Floats mean, scale, offset;
    Floats read(int64_t at, int64_t count) const {
      const Floats zero = {}, y = normalization::normalized(loadFirst(x + at, count), mean, scale, offset);
      return y < zero ? zero : y;
    }
  };
  Channels of(int64_t channel) const { return {x, load(mean + channel), load(scale + channel), load(offset + channel)}; }
};

// The gradient of x, from dy: the gradient of x after normalization and, if `relu`, ReLU.
template <class T>
struct NormalizedGradient {
  const T *dy, *x;
  bool relu;
  const float *mean, *scale, *offset, *meanGradient, *slope;

  struct Channels {
    const T *dy, *x;
    bool relu;
    Floats mean, scale, offset, meanGradient, slope;
    Floats read(int64_t at, int64_t count) const {
      const Floats zero = {}, values = loadFirst(x + at, count);
      Floats g = loadFirst(dy + at, count);
      if (relu) g = normalization::normalized(values, mean, scale, offset) > zero ? g : zero;
      return scale * (g - meanGradient - slope * (values - mean));
    }
  };
  Channels of(int64_t channel) const {
    return {dy, x, relu, load(mean + channel), load(scale + channel), load(offset + channel), load(meanGradient + channel), load(slope + channel)};
  }
};

// Calls compute(source) with the source of the convolution's input. Inputs: x, filter, and the normalization of x if there is one.
template <class T, class F>
void withSource(Call& call, const Attributes& attributes, int64_t in, const F& compute) {
  const T* x = call.input<T>(0);
  if (!attributes.normalization) return compute(Plain<T>{x});
  const Coefficients read(call, 2, in);
  if (call.failed()) return;
  compute(Normalized<T>{x, read.mean, read.scale, read.offset});
}

// Calls compute(source, gradients, read) with the sources of x and of the gradient of y, and the normalization of x or null. Inputs: x,
// filter, dy [...outputShape], the normalization of x if there is one, and, if dy is the gradient of normalized y: y, its normalization, and
// the gradients of that normalization's scale and offset.
template <class T, class F>
void withGradientSources(Call& call, const Attributes& attributes, int64_t in, const std::vector<int64_t>& outputShape, const F& compute) {
  if (call.shapeOf(2) != outputShape) return void(call.fail("dy must have the shape of the output"));
  const int64_t out = outputShape.back();
  const int afterInput = 3 + attributes.normalization;
  std::optional<Coefficients> input;
  if (attributes.normalization) input.emplace(call, 3, in);
  if (call.failed()) return;
  const T *x = call.input<T>(0), *dy = call.input<T>(2);
  const auto withSource = [&](const auto& gradients) {
    if (!input) return compute(Plain<T>{x}, gradients, static_cast<const Coefficients*>(nullptr));
    compute(Normalized<T>{x, input->mean, input->scale, input->offset}, gradients, static_cast<const Coefficients*>(&*input));
  };
  if (!attributes.outputs) return withSource(Plain<T>{dy});
  if (call.shapeOf(afterInput) != outputShape) return void(call.fail("y must have the shape of the output"));
  const T* y = call.input<T>(afterInput);
  const Coefficients output(call, afterInput + 1, out);
  const float *dScale = call.input<float>(afterInput + 5), *dOffset = call.input<float>(afterInput + 6);
  if (call.failed()) return;
  Padded meanGradient(out), slope(out);
  double pixels = 1;
  for (size_t i = 0; i + 1 < outputShape.size(); i++) pixels *= outputShape[i];
  normalization::inputTerms(out, pixels, output.inverse, dScale, dOffset, meanGradient, slope);
  withSource(NormalizedGradient<T>{dy, y, attributes.outputRelu, output.mean, output.scale, output.offset, meanGradient, slope});
}

}  // namespace around_convolution

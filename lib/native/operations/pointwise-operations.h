// 1x1 convolutions and their gradients as TensorFlow operations, which include passes of batch normalization over the same tensors: the
// statistics of an output are computed while its block is in the cache, and so are the sums for the gradients of a normalization. The
// statistics are equal to those of BeyondBatchNorm, bit for bit.
#pragma once
#include "pointwise.h"

namespace pointwise {

using around_convolution::Attributes;
using around_convolution::Coefficients;
using normalization::Plan;
using normalization::Sums;

struct Geometry {
  int64_t batch, in, out;
  Sampling sampling;

  int64_t pixels() const { return batch * sampling.outHeight() * sampling.outWidth(); }
  std::vector<int64_t> outputShape() const { return {batch, sampling.outHeight(), sampling.outWidth(), out}; }
  int64_t paddedIn() const { return vectorsOf(in) * LANES; }
  int64_t paddedOut() const { return vectorsOf(out) * LANES; }
};

// Reads the sizes of x [batch, height, width, in] and filter [1, 1, in, out]. Fails and returns false if they do not fit.
inline bool geometry(Call& call, const Attributes& attributes, Geometry& g) {
  const std::vector<int64_t> x = call.shapeOf(0), filter = call.shapeOf(1);
  if (call.failed()) return false;
  if (x.size() != 4 || std::count(x.begin(), x.end(), 0)) return !call.fail("x must be images with values");
  if (filter.size() != 4 || filter[0] != 1 || filter[1] != 1 || filter[2] != x[3] || filter[3] < 1)
    return !call.fail("the filter must be [1, 1, channels of x, channels of y]");
  g = {x[0], x[3], filter[3], {x[1], x[2], attributes.stride}};
  return true;
}

// Number of rows of a plan in a block. Each block reads all weights, which costs too much if it has few pixels.
inline int64_t blockRows(const Plan& plan, const Geometry& g) {
  const int64_t pixels = std::max(minPixels, blockValues / (g.paddedIn() + g.paddedOut()));
  return std::max<int64_t>(1, pixels / plan.repeats / normalization::block) * normalization::block;
}

template <class T>
using Buffer = std::unique_ptr<T[]>;

template <class T, class Source>
void forwardOf(Call& call, const Attributes& attributes, const Geometry& g, const Source& source) {
  const T* filter = call.input<T>(1);
  T* y = call.output<T>(0, g.outputShape());
  float* statistics[3] = {};
  for (int i = 0; i < attributes.statistics; i++) statistics[i] = call.output<float>(1 + i, {g.out});
  if (call.failed()) return;
  const Panels<T> weights = panelsOf(filter, g.in, g.out);
  const Pixels<T, Source> pixels{source, g.in, g.sampling, g.batch};
  const Plan plan({g.pixels(), g.out});
  const int64_t step = blockRows(plan, g);
  const auto compute = [&](int64_t begin, int64_t end, const auto& afterwards) {
    const Buffer<T> copy(new T[std::min(step, end - begin) * plan.repeats * g.paddedIn()]);
    for (int64_t row = begin; row < end; row += step) {
      const int64_t last = std::min(end, row + step), first = row * plan.repeats;
      const int64_t count = (last - row) * plan.repeats;
      assignProduct<T>({y + first * g.out, g.out, g.out}, pixels.rows(first, count, copy.get()), weights, count, stepsOf<T>(g.in));
      afterwards(row, last);
    }
  };
  if (!attributes.statistics) {
    plan.overChunks([&](int64_t, int64_t begin, int64_t end) { compute(begin, end, [](int64_t, int64_t) {}); });
    return;
  }
  // First computes the pixels from which the approximate mean is taken.
  const int64_t samples = normalization::sampleCount(plan);
  const Buffer<T> copies(new T[samples * g.paddedIn()]), sampled(new T[samples * g.out]);
  for (int64_t sample = 0; sample < samples; sample++)
    pixels.copyPixel(&copies[sample * g.paddedIn()], normalization::samplePixel(plan, sample));
  assignProduct<T>({sampled.get(), g.out, g.out}, pixels.copied(copies.get()), weights, samples, stepsOf<T>(g.in));
  const std::vector<float> approximate = normalization::approximateMean(Plan({samples, g.out}), sampled.get());
  const normalization::Repeated shift(plan, approximate.data());
  const normalization::Statistics<T> part{plan.layout, y, shift};
  const Sums sums(plan, [&](int64_t, int64_t begin, int64_t end, double* first, double* second) {
    compute(begin, end, [&](int64_t row, int64_t last) { normalization::statistics<normalization::In::cache>(part, row, last, first, second); });
  });
  normalization::finishStatistics(plan, approximate, sums, attributes.epsilon, statistics[0], statistics[1], statistics[2]);
}

// Inputs: x [batch, height, width, in], filter [1, 1, in, out], and the normalization of x if there is one. Outputs: y and, if requested,
// mean, (Bessel-corrected) variance and 1 / standard deviation of its channels.
template <class T>
void computeForward(void* kernel, TF_OpKernelContext* context) {
  const Attributes& attributes = *static_cast<Attributes*>(kernel);
  Call call(context);
  Geometry g;
  if (!geometry(call, attributes, g)) return;
  around_convolution::withSource<T>(call, attributes, g.in, [&](const auto& source) { forwardOf<T>(call, attributes, g, source); });
}

// Number of chunks of pixels with their own sums for the gradient of the weights: the more weights, the fewer chunks.
inline int64_t gradientChunks(const Geometry& g) {
  return std::clamp<int64_t>(g.pixels() * 64 / std::max<int64_t>(g.in * g.out, 64), 4, 32);
}

template <class T, class Source, class Gradients>
void gradientOf(Call& call, const Geometry& g, const Source& source, const Gradients& gradients, const Coefficients* read) {
  const T *x = call.input<T>(0), *filter = call.input<T>(1);
  T* dx = call.output<T>(0, call.shapeOf(0));
  T* dFilter = call.output<T>(1, {1, 1, g.in, g.out});
  around_convolution::NormalizationGradients ofNormalization(call, read, g.in);
  if (call.failed()) return;
  const Panels<T> weights = transposedPanelsOf(filter, g.in, g.out);
  const Plan plan({g.pixels(), g.in}, gradientChunks(g));
  const int64_t step = blockRows(plan, g), weightSums = g.in * g.paddedOut();
  const Pixels<T, Source> pixels{source, g.in, g.sampling, g.batch};
  const Pixels<T, Gradients> outputs{gradients, g.out, {g.sampling.outHeight(), g.sampling.outWidth(), 1}, g.batch};
  const Buffer<float> sums(new float[plan.chunks * weightSums]);
  const auto compute = [&](int64_t chunk, int64_t begin, int64_t end, const auto& afterwards) {
    const int64_t most = std::min(step, end - begin) * plan.repeats;
    const Buffer<Factor<T>> steps(new Factor<T>[stepsOf<T>(most) * (g.paddedIn() + g.paddedOut())]);
    const Buffer<T> rows(factorValues<T> > 1 ? new T[most * g.paddedOut()] : nullptr);
    const Buffer<T> sampled(g.sampling.stride > 1 ? new T[most * g.in] : nullptr);
    for (int64_t row = begin; row < end; row += step) {
      const int64_t last = std::min(end, row + step), first = row * plan.repeats, count = (last - row) * plan.repeats;
      const Left<Factor<T>> stepsOfX = pixels.steps(first, count, steps.get());
      const auto dy = outputs.rowsAndSteps(first, count, rows.get(), &steps[stepsOf<T>(most) * g.paddedIn()]);
      addTransposedProduct(AddedProduct{&sums[chunk * weightSums], g.paddedOut(), row == begin}, stepsOfX,
                           Right<Factor<T>>{dy.steps.factors, dy.steps.stride, LANES}, g.in, g.out, stepsOf<T>(count));
      T* to = sampled ? sampled.get() : dx + first * g.in;
      assignProduct<T>({to, g.in, g.in}, dy.rows, weights, count, stepsOf<T>(g.out));
      for (int64_t pixel = 0; sampled && pixel < count; pixel++)
        std::copy_n(to + pixel * g.in, g.in, dx + g.sampling(first + pixel) * g.in);
      afterwards(row, last);
    }
  };
  if (g.sampling.stride > 1) {
    const int64_t image = g.sampling.height * g.sampling.width * g.in;
    Threads::all().run(g.batch, [&](int64_t first, int64_t last) { std::memset(dx + first * image, 0, (last - first) * image * sizeof(T)); });
  }
  if (read) {
    const normalization::Repeated mean(plan, read->mean), scale(plan, read->scale), offset(plan, read->offset);
    const auto part = around_convolution::gradientOfNormalized<T>(plan.layout, dx, x, mean, scale, offset);
    const Sums channelSums(plan, [&](int64_t chunk, int64_t begin, int64_t end, double* first, double* second) {
      compute(chunk, begin, end, [&](int64_t row, int64_t last) { normalization::gradientSums<normalization::In::cache>(part, row, last, first, second); });
    });
    ofNormalization.finish(channelSums);
  } else {
    plan.overChunks([&](int64_t chunk, int64_t begin, int64_t end) { compute(chunk, begin, end, [](int64_t, int64_t) {}); });
  }
  Threads::all().run(g.in, [&](int64_t first, int64_t last) {
    for (int64_t row = first; row < last; row++)
      for (int64_t column = 0; column < g.out; column += LANES) {
        Floats sum = {};
        for (int64_t chunk = 0; chunk < plan.chunks; chunk++) sum += load(&sums[chunk * weightSums + row * g.paddedOut() + column]);
        storeFirst(dFilter + row * g.out + column, sum, std::min<int64_t>(LANES, g.out - column));
      }
  });
}

// Inputs: x, filter, dy, the normalization of x if there is one, and, if dy is the gradient of normalized y: y, its normalization, and the
// gradients of that normalization's scale and offset. Outputs: the gradients of x (of normalized x if x is normalized), of the filter and,
// if x is normalized, of scale and offset of its normalization.
template <class T>
void computeGradient(void* kernel, TF_OpKernelContext* context) {
  const Attributes& attributes = *static_cast<Attributes*>(kernel);
  Call call(context);
  Geometry g;
  if (!geometry(call, attributes, g)) return;
  if (attributes.normalization && attributes.stride > 1) return void(call.fail("only without a stride x may be normalized"));
  around_convolution::withGradientSources<T>(
      call, attributes, g.in, g.outputShape(),
      [&](const auto& source, const auto& gradients, const Coefficients* read) { gradientOf<T>(call, g, source, gradients, read); });
}

}  // namespace pointwise

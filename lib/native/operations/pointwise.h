// The arithmetic of 1x1 convolutions: products of pixels [pixels, channels] and weights, in blocks of pixels that fit in a second-level
// cache. Pixels are copied as they are read if a stride skips some, if their values must be paired or padded, or if a normalization or the
// gradient of one is applied, which then needs no pass of its own through memory.
#pragma once
#include "around-convolution.h"
#include "matrix-product.h"

namespace pointwise {

using namespace matrix_product;

// Number of values in a block, input and output together, and the minimum number of its pixels.
constexpr int64_t blockValues = 1 << 16;
constexpr int64_t minPixels = 128;

// The pixels in every stride-th row and column of images of this size.
struct Sampling {
  int64_t height, width, stride;

  int64_t outHeight() const { return (height - 1) / stride + 1; }
  int64_t outWidth() const { return (width - 1) / stride + 1; }
  // The index of a sampled pixel among all pixels.
  int64_t operator()(int64_t pixel) const {
    if (stride == 1) return pixel;
    const int64_t column = pixel % outWidth(), row = pixel / outWidth() % outHeight(), image = pixel / outWidth() / outHeight();
    return (image * height + row * stride) * width + column * stride;
  }
};

// The sampled pixels of a source of values T, as left matrices.
template <class T, class Source>
struct Pixels {
  Source source;
  int64_t channels;
  Sampling sampling;
  int64_t batch;

  // As [pixels, factors of the channels]: in place if possible, else copied, with rows padded to whole vectors.
  Left<Factor<T>> rows(int64_t first, int64_t count, T* copy) const {
    if constexpr (std::is_same_v<Source, around_convolution::Plain<T>>)
      if (sampling.stride == 1 && channels % factorValues<T> == 0)
        return {reinterpret_cast<const Factor<T>*>(source.values + first * channels), channels / factorValues<T>};
    copyTo(copy, nullptr, first, count);
    return copied(copy);
  }

  // As `rows`, from copies that `copyPixel` has made.
  Left<Factor<T>> copied(const T* rows) const { return {reinterpret_cast<const Factor<T>*>(rows), width() / factorValues<T>}; }

  // As [factors of the pixels, channels]: the steps of the gradient of the weights.
  Left<Factor<T>> steps(int64_t first, int64_t count, Factor<T>* copy) const {
    if constexpr (factorValues<T> == 1) {
      return rows(first, count, copy);
    } else {
      copyTo(nullptr, copy, first, count);
      return {copy, width()};
    }
  }

  // As both, with the steps padded to whole vectors.
  struct RowsAndSteps {
    Left<Factor<T>> rows, steps;
  };
  RowsAndSteps rowsAndSteps(int64_t first, int64_t count, T* rowCopy, Factor<T>* stepCopy) const {
    if constexpr (factorValues<T> == 1) {
      copyTo(stepCopy, nullptr, first, count);
      return {{stepCopy, width()}, {stepCopy, width()}};
    } else if constexpr (std::is_same_v<Source, around_convolution::Plain<T>>) {
      return {rows(first, count, rowCopy), steps(first, count, stepCopy)};
    } else {
      copyTo(rowCopy, stepCopy, first, count);
      return {copied(rowCopy), {stepCopy, width()}};
    }
  }

  // Copies all channels of a pixel to a row [width], so that reads are in the order of memory, which processors prefetch.
  void copyPixel(T* row, int64_t pixel) const {
    const int64_t from = sampling(pixel) * channels;
    int64_t channel = 0;
    for (; channel + LANES <= channels; channel += LANES) store(row + channel, source.of(channel).read(from + channel, LANES));
    if (channel == channels) return;
    const int64_t left = channels - channel, values = batch * sampling.height * sampling.width * channels;
    const bool isWhole = left % factorValues<T> == 0 && from + channel + LANES <= values;
    store(row + channel, source.of(channel).read(from + channel, isWhole ? LANES : left));
  }

 private:
  int64_t width() const { return vectorsOf(channels) * LANES; }

  // Copies pixels to rows [count, width], and pairs of pixels to pairs [count / 2 rounded up, width], each unless it is null. Values after
  // the last channel are arbitrary, but 0 if they share a factor with it.
  void copyTo(T* rows, Pair* pairs, int64_t first, int64_t count) const {
    if (!pairs) {
      for (int64_t i = 0; i < count; i++) copyPixel(rows + i * width(), first + i);
      return;
    }
    if constexpr (factorValues<T> == 2) {
      std::vector<T> two(rows ? 0 : 2 * width());
      for (int64_t i = 0; i < count; i += 2) {
        T* one = rows ? rows + i * width() : two.data();
        const bool isPair = i + 1 < count;
        copyPixel(one, first + i);
        if (isPair) copyPixel(one + width(), first + i + 1);
        for (int64_t channel = 0; channel < width(); channel += LANES)
          store(pairs + i / 2 * width() + channel,
                paired(loadHalves(one + channel), isPair ? loadHalves(one + width() + channel) : Halves{}));
      }
    }
  }
};

// The weights [in, out], packed as the right matrix for outputs.
template <class T>
Panels<T> panelsOf(const T* filter, int64_t in, int64_t out) {
  Panels<T> panels(in, out);
  panels.fill(in, out, [&](int64_t i, int64_t o) { return filter[i * out + o]; });
  return panels;
}

// The same weights, packed as the right matrix [out, in] for gradients of the input.
template <class T>
Panels<T> transposedPanelsOf(const T* filter, int64_t in, int64_t out) {
  Panels<T> panels(out, in);
  panels.fill(out, in, [&](int64_t o, int64_t i) { return filter[i * out + o]; });
  return panels;
}

}  // namespace pointwise

// The arithmetic of 1x1 convolutions: products of pixels [pixels, channels] and weights, in blocks of pixels that a second-level cache
// holds. Pixels are copied as they are read if that takes every second one for strides, or applies what else an operation would have to
// write to memory before: a normalization, or the gradient of one.
#pragma once
#include "around-convolution.h"
#include "matrix-product.h"

namespace pointwise {

using namespace matrix_product;

// Floats of a block of pixels, those read and those computed.
constexpr int64_t blockFloats = 1 << 16;
constexpr int64_t fewestPixels = 128;

// Every stride-th pixel of images of this size, in rows and columns.
struct Sampling {
  int64_t height, width, stride;

  int64_t outHeight() const { return (height - 1) / stride + 1; }
  int64_t outWidth() const { return (width - 1) / stride + 1; }
  // The index of a sampled pixel among all.
  int64_t operator()(int64_t pixel) const {
    if (stride == 1) return pixel;
    const int64_t column = pixel % outWidth(), row = pixel / outWidth() % outHeight(), image = pixel / outWidth() / outHeight();
    return (image * height + row * stride) * width + column * stride;
  }
};

// Copies sampled pixels of a source to rows of whole vectors. What follows a row in its last vector is of no account.
template <class Source>
void copyPixels(const Source& source, int64_t channels, const Sampling& sampling, int64_t batch, int64_t first, int64_t count, float* to) {
  // A whole vector can be read up to here.
  const int64_t whole = batch * sampling.height * sampling.width * channels - LANES;
  for (int64_t pixel = first; pixel < first + count; pixel++) {
    const int64_t at = sampling(pixel) * channels;
    for (int64_t channel = 0; channel < channels; channel += LANES, to += LANES)
      store(to, source.read(at + channel, channel, at + channel <= whole ? LANES : std::min<int64_t>(LANES, channels - channel)));
  }
}

// Sampled pixels of a source as a left factor: where they are, if they need no change, or copied to `copy`.
template <class Source>
Left pixelsOf(const Source& source, int64_t channels, const Sampling& sampling, int64_t batch, int64_t first, int64_t count, float* copy) {
  if constexpr (std::is_same_v<Source, around_convolution::Plain<float>>)
    if (sampling.stride == 1) return {source.values + first * channels, channels};
  copyPixels(source, channels, sampling, batch, first, count, copy);
  return {copy, wholeVectors(channels) * LANES};
}

// The weights [in, out] as the right factor of outputs.
inline Panels panelsOf(const float* filter, int64_t in, int64_t out) {
  Panels panels(in, out);
  for (int64_t i = 0; i < in; i++)
    for (int64_t o = 0; o < out; o++) panels.at(i, o) = filter[i * out + o];
  return panels;
}

// The same as that of gradients of inputs.
inline Panels transposedPanelsOf(const float* filter, int64_t in, int64_t out) {
  Panels panels(out, in);
  for (int64_t i = 0; i < in; i++)
    for (int64_t o = 0; o < out; o++) panels.at(o, i) = filter[i * out + o];
  return panels;
}

}  // namespace pointwise

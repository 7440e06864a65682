// Convolutions of narrow groups and their gradients as operations of TensorFlow.
//
// Threads share the images. The results do not depend on their number: gradients of the weights are summed up over chunks of images
// that the number of images alone decides, added in their order.
#pragma once
#include "call.h"
#include "group-convolution.h"
#include "parallel.h"

namespace group_convolution {

constexpr int64_t mostChunks = 16;

struct Attributes {
  int32_t stride = 1;
};

// The shape of the images x [batch, height, width, channels] and filter [3, 3, groupWidth, channels]; says if they do not fit.
inline bool geometry(Call& call, const Attributes& attributes, int64_t& batch, Geometry& g) {
  const std::vector<int64_t> x = call.shapeOf(0), filter = call.shapeOf(1);
  if (call.failed()) return false;
  if (x.size() != 4 || std::count(x.begin(), x.end(), 0)) return !call.fail("x must be images with values");
  if (filter.size() != 4 || filter[0] != 3 || filter[1] != 3 || filter[3] != x[3] || x[3] % filter[2] != 0)
    return !call.fail("the filter must be [3, 3, channels of a group, channels of x]");
  if (filter[2] != 2 && filter[2] != 4 && filter[2] != 8) return !call.fail("a group must have 2, 4 or 8 channels");
  batch = x[0];
  g = {x[3], filter[2], attributes.stride, x[1], x[2]};
  return true;
}

// Inputs: x [batch, height, width, channels], filter [3, 3, groupWidth, channels]. Output: y.
template <class T>
void computeForward(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  int64_t batch;
  Geometry g;
  if (!geometry(call, *static_cast<Attributes*>(kernel), batch, g)) return;
  const T *x = call.input<T>(0), *filter = call.input<T>(1);
  T* y = call.output<T>(0, {batch, g.outHeight(), g.outWidth(), g.channels});
  if (call.failed()) return;
  const Lanes lanes(g.groupWidth);
  std::vector<float> weights(g.weights());
  panelsOf(filter, g, weights.data());
  Threads::all().run(batch, [&](int64_t first, int64_t last) {
    Scratch scratch(g);
    for (int64_t image = first; image < last; image++)
      (g.stride == 1 ? forwardImage<1, T> : forwardImage<2, T>)(g, lanes, x + image * g.height * g.width * g.channels,
                                                                weights.data(),
                                                                y + image * g.outHeight() * g.outWidth() * g.channels, scratch);
  });
}

// Inputs: x, filter, dy. Outputs: the gradients of x and of the filter.
template <class T>
void computeGradient(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  int64_t batch;
  Geometry g;
  if (!geometry(call, *static_cast<Attributes*>(kernel), batch, g)) return;
  if (call.shapeOf(2) != std::vector<int64_t>{batch, g.outHeight(), g.outWidth(), g.channels})
    return void(call.fail("dy must have the shape of the output"));
  const T *x = call.input<T>(0), *filter = call.input<T>(1), *dy = call.input<T>(2);
  T* dx = call.output<T>(0, {batch, g.height, g.width, g.channels});
  T* dFilter = call.output<T>(1, call.shapeOf(1));
  if (call.failed()) return;
  const Lanes lanes(g.groupWidth);
  std::vector<float> weights(g.weights());
  transposedPanelsOf(filter, g, weights.data());
  const int64_t chunks = std::min(batch, mostChunks);
  std::vector<float> sums(chunks * g.weights());
  Threads::all().run(chunks, [&](int64_t first, int64_t last) {
    Scratch scratch(g);
    for (int64_t chunk = first; chunk < last; chunk++)
      for (int64_t image = batch * chunk / chunks; image < batch * (chunk + 1) / chunks; image++) {
        const int64_t in = image * g.height * g.width * g.channels, out = image * g.outHeight() * g.outWidth() * g.channels;
        (g.stride == 1 ? backwardImage<1, T> : backwardImage<2, T>)(g, lanes, x + in, dy + out, weights.data(), dx + in,
                                                                    &sums[chunk * g.weights()], scratch);
      }
  });
  for (int64_t chunk = 1; chunk < chunks; chunk++)
    for (int64_t i = 0; i < g.weights(); i++) sums[i] += sums[chunk * g.weights() + i];
  for (int64_t panel = 0; panel < g.panels(); panel++)
    for (int64_t row = 0; row < 9 * g.groupWidth; row++)
      storeFirst(dFilter + row * g.channels + panel * LANES, load(&sums[panel * g.panelWeights() + row * LANES]),
              g.channelsIn(panel));
}

inline void* newAttributes(TF_OpKernelConstruction* made) {
  Construction construction(made);
  const Attributes attributes{construction.integer("stride")};
  construction.require(attributes.stride == 1 || attributes.stride == 2, "the stride must be 1 or 2");
  return construction.made(attributes);
}

}  // namespace group_convolution

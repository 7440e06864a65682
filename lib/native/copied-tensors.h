// Included before each source of the tfjs binding.
//
// The binding creates a tensor in JavaScript's own memory if that is aligned as TensorFlow requires, about one time in four, and has
// TensorFlow release the memory through Node-API. TensorFlow does so on whichever of its threads is the last to use the tensor, e.g.
// one that assigns a variable or copies to a GPU, but Node-API may be called only on JavaScript's thread. Here every tensor gets memory
// allocated by TensorFlow, and JavaScript's memory is released before the tensor is handed over.

#include <string.h>

#include "tensorflow/c/tf_tensor.h"

inline TF_Tensor *NewCopiedTensor(TF_DataType type, const int64_t *sizes, int dimensions, void *data, size_t bytes,
                                  void (*release)(void *data, size_t bytes, void *owner), void *owner) {
  TF_Tensor *tensor = TF_AllocateTensor(type, sizes, dimensions, bytes);
  if (bytes > 0) memcpy(TF_TensorData(tensor), data, bytes);
  release(data, bytes, owner);
  return tensor;
}

#define TF_NewTensor NewCopiedTensor

// Compiled before each source of the tfjs binding.
//
// The binding makes tensors of JavaScript's own memory where that is aligned as TensorFlow wants it, about one in four, and has
// TensorFlow give the memory back by a call of Node-API. TensorFlow makes that call on whichever of its threads is done with the
// tensor last, e.g. the one that assigns a variable anew, or that of a GPU's copies, while Node-API may be called on the thread of
// JavaScript alone. Here every tensor has memory of TensorFlow's, and the call is made before it is handed over.

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

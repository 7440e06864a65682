// The tensors of one call of an operation.
#pragma once
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"

struct StatusDeleter {
  void operator()(TF_Status* status) const { TF_DeleteStatus(status); }
};
using Status = std::unique_ptr<TF_Status, StatusDeleter>;
struct TensorDeleter {
  void operator()(TF_Tensor* tensor) const { TF_DeleteTensor(tensor); }
};
using Tensor = std::unique_ptr<TF_Tensor, TensorDeleter>;

template <class T>
constexpr TF_DataType typeOf = sizeof(T) == 4 ? TF_FLOAT : TF_BFLOAT16;

// The tensors of one call. After a failure pointers are null and `failed` is true.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}

  // An input's values, which live as long as the call.
  template <class T>
  T* input(int index) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status_.get());
    return kept<T>(tensor);
  }

  std::vector<int64_t> shapeOf(int index) {
    TF_Tensor* pointer = nullptr;
    TF_GetInput(context_, index, &pointer, status_.get());
    const Tensor tensor(pointer);
    std::vector<int64_t> shape;
    for (int i = 0; pointer && i < TF_NumDims(pointer); i++) shape.push_back(TF_Dim(pointer, i));
    return shape;
  }

  template <class T>
  T* output(int index, const std::vector<int64_t>& shape) {
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    return kept<T>(TF_AllocateOutput(context_, index, typeOf<T>, shape.data(), shape.size(), count * sizeof(T),
                                     status_.get()));
  }

  // An output that takes over the memory of an input if nobody else reads that.
  template <class T>
  T* outputInPlace(int input, int index, const std::vector<int64_t>& shape) {
    int taken = -1;
    return kept<T>(TF_ForwardInputOrAllocateOutput(context_, &input, 1, index, shape.data(), shape.size(), &taken,
                                                   status_.get()));
  }

  bool failed() {
    if (TF_GetCode(status_.get()) == TF_OK) return false;
    TF_OpKernelContext_Failure(context_, status_.get());
    return true;
  }

  bool fail(const std::string& message) {
    TF_SetStatus(status_.get(), TF_INVALID_ARGUMENT, message.c_str());
    return failed();
  }

 private:
  // The handle is given back at once: as long as it is there, the memory cannot be taken over. The context keeps the values.
  template <class T>
  T* kept(TF_Tensor* pointer) {
    const Tensor tensor(pointer);
    return pointer ? static_cast<T*>(TF_TensorData(pointer)) : nullptr;
  }

  TF_OpKernelContext* context_;
  Status status_;
};

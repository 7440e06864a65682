// What TensorFlow says to an operation: its attributes when it is made, its tensors in each call.
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

// The attributes of an operation that is being made. Those that cannot be read are 0.
class Construction {
 public:
  explicit Construction(TF_OpKernelConstruction* construction) : construction_(construction), status_(TF_NewStatus()) {}

  int32_t integer(const char* name) {
    int32_t value = 0;
    if (isFine()) TF_OpKernelConstruction_GetAttrInt32(construction_, name, &value, status_.get());
    return value;
  }

  float real(const char* name) {
    float value = 0;
    if (isFine()) TF_OpKernelConstruction_GetAttrFloat(construction_, name, &value, status_.get());
    return value;
  }

  bool boolean(const char* name) {
    unsigned char value = 0;
    if (isFine()) TF_OpKernelConstruction_GetAttrBool(construction_, name, &value, status_.get());
    return value != 0;
  }

  void require(bool condition, const char* otherwise) {
    if (isFine() && !condition) TF_SetStatus(status_.get(), TF_INVALID_ARGUMENT, otherwise);
  }

  // The operation's memory, which `deleted` gives back; null if something failed.
  template <class Attributes>
  void* made(const Attributes& attributes) {
    if (isFine()) return new Attributes(attributes);
    TF_OpKernelConstruction_Failure(construction_, status_.get());
    return nullptr;
  }

 private:
  bool isFine() const { return TF_GetCode(status_.get()) == TF_OK; }

  TF_OpKernelConstruction* construction_;
  Status status_;
};

template <class Attributes>
void deleted(void* kernel) { delete static_cast<Attributes*>(kernel); }

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

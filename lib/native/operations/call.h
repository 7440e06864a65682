// Access to TensorFlow's C API for kernels: the attributes at construction, the tensors in each call.
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

// The attributes of a kernel under construction. Those that cannot be read, or are read after a failure, are 0.
class Construction {
 public:
  explicit Construction(TF_OpKernelConstruction* construction) : construction_(construction), status_(TF_NewStatus()) {}

  int32_t integer(const char* name) {
    int32_t value = 0;
    if (isOk()) TF_OpKernelConstruction_GetAttrInt32(construction_, name, &value, status_.get());
    return value;
  }

  float real(const char* name) {
    float value = 0;
    if (isOk()) TF_OpKernelConstruction_GetAttrFloat(construction_, name, &value, status_.get());
    return value;
  }

  bool boolean(const char* name) {
    unsigned char value = 0;
    if (isOk()) TF_OpKernelConstruction_GetAttrBool(construction_, name, &value, status_.get());
    return value != 0;
  }

  // Fails with the message `otherwise` unless the condition holds.
  void require(bool condition, const char* otherwise) {
    if (isOk() && !condition) TF_SetStatus(status_.get(), TF_INVALID_ARGUMENT, otherwise);
  }

  // Returns the attributes on the heap, as the state of the kernel, which `destroy` deletes. After a failure, reports it and returns null.
  template <class Attributes>
  void* create(const Attributes& attributes) {
    if (isOk()) return new Attributes(attributes);
    TF_OpKernelConstruction_Failure(construction_, status_.get());
    return nullptr;
  }

 private:
  bool isOk() const { return TF_GetCode(status_.get()) == TF_OK; }

  TF_OpKernelConstruction* construction_;
  Status status_;
};

template <class Attributes>
void destroy(void* kernel) { delete static_cast<Attributes*>(kernel); }

// The tensors of one call of a kernel. If one is not available, its pointer is null and `failed` returns true.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}

  // The values of an input, valid until the call ends.
  template <class T>
  T* input(int index) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status_.get());
    return valuesOf<T>(tensor);
  }

  std::vector<int64_t> shapeOf(int index) {
    TF_Tensor* pointer = nullptr;
    TF_GetInput(context_, index, &pointer, status_.get());
    const Tensor tensor(pointer);
    std::vector<int64_t> shape;
    for (int i = 0; pointer && i < TF_NumDims(pointer); i++) shape.push_back(TF_Dim(pointer, i));
    return shape;
  }

  // Allocates an output.
  template <class T>
  T* output(int index, const std::vector<int64_t>& shape) {
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    return valuesOf<T>(TF_AllocateOutput(context_, index, typeOf<T>, shape.data(), shape.size(), count * sizeof(T),
                                         status_.get()));
  }

  // An output that takes over the memory of an input if nothing else uses it; otherwise allocated.
  template <class T>
  T* outputInPlace(int input, int index, const std::vector<int64_t>& shape) {
    int taken = -1;
    return valuesOf<T>(TF_ForwardInputOrAllocateOutput(context_, &input, 1, index, shape.data(), shape.size(), &taken,
                                                       status_.get()));
  }

  // Whether anything has failed, which is then reported to TensorFlow.
  bool failed() {
    if (TF_GetCode(status_.get()) == TF_OK) return false;
    TF_OpKernelContext_Failure(context_, status_.get());
    return true;
  }

  // Fails with a message about an invalid argument; returns true.
  bool fail(const std::string& message) {
    TF_SetStatus(status_.get(), TF_INVALID_ARGUMENT, message.c_str());
    return failed();
  }

 private:
  // Returns the values and releases the handle: while it exists, no output can take over the memory. The context keeps the values alive.
  template <class T>
  T* valuesOf(TF_Tensor* pointer) {
    const Tensor tensor(pointer);
    return pointer ? static_cast<T*>(TF_TensorData(pointer)) : nullptr;
  }

  TF_OpKernelContext* context_;
  Status status_;
};

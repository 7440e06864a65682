// Registers this project's own TensorFlow operations, which run on CPUs.
#include <node_api.h>

#include "batch-norm.h"
#include "group-convolution-operations.h"
#include "pointwise-operations.h"

namespace {

// Leaves the shapes of all outputs unknown.
void inferUnknown(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

// The first output has the shape of the first input; the shapes of the others are unknown.
void inferFromFirstInput(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
  if (TF_GetCode(status) != TF_OK) return;
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, 0, shape, status);
  if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, 0, shape, status);
  TF_DeleteShapeHandle(shape);
}

// The definition of an operation, in TensorFlow's notation, and its kernels for float and bfloat16.
struct Operation {
  const char* name;
  std::vector<const char*> attributes, inputs, outputs;
  void (*inferShape)(TF_ShapeInferenceContext*, TF_Status*);
  void* (*create)(TF_OpKernelConstruction*);
  void (*computeFloat)(void*, TF_OpKernelContext*);
  void (*computeBfloat16)(void*, TF_OpKernelContext*);
  void (*destroy)(void*);
};

using normalization::Kind;
using vectors::bfloat16;

const Operation operations[] = {
    {"BeyondBatchNorm",
     {"T: {float, bfloat16}", "outputs: int >= 0", "shortcuts: int >= 0", "relu: bool", "epsilon: float"},
     {"x: T", "scale: float", "offset: float", "shortcut: shortcuts * T"},
     {"y: outputs * T", "mean: float", "variance: float", "inverse: float"},
     inferUnknown,
     [](TF_OpKernelConstruction* construction) { return normalization::newAttributes(construction, Kind::batchNorm); },
     normalization::computeForward<float>,
     normalization::computeForward<bfloat16>,
     destroy<normalization::Attributes>},
    {"BeyondNormalization",
     {"T: {float, bfloat16}", "shortcuts: int >= 0", "relu: bool"},
     {"x: T", "mean: float", "inverse: float", "scale: float", "offset: float", "shortcut: shortcuts * T"},
     {"y: T"},
     inferFromFirstInput,
     [](TF_OpKernelConstruction* construction) { return normalization::newAttributes(construction, Kind::normalization); },
     normalization::computeNormalized<float>,
     normalization::computeNormalized<bfloat16>,
     destroy<normalization::Attributes>},
    {"BeyondBatchNormGrad",
     {"T: {float, bfloat16}", "shortcuts: int >= 0", "relu: bool", "gradients: int >= 1", "inputs: int >= 0"},
     {"x: T", "scale: float", "offset: float", "mean: float", "inverse: float", "dy: gradients * T", "y: shortcuts * T"},
     {"dx: inputs * T", "dshortcut: shortcuts * T", "dscale: float", "doffset: float"},
     inferUnknown,
     [](TF_OpKernelConstruction* construction) { return normalization::newAttributes(construction, Kind::batchNormGradient); },
     normalization::computeGradient<float>,
     normalization::computeGradient<bfloat16>,
     destroy<normalization::Attributes>},
    {"BeyondNormalizationGrad",
     {"T: {float, bfloat16}", "relu: bool"},
     {"x: T", "scale: float", "offset: float", "mean: float", "inverse: float", "dy: T", "dscale: float", "doffset: float"},
     {"dx: T"},
     inferFromFirstInput,
     [](TF_OpKernelConstruction* construction) { return normalization::newAttributes(construction, Kind::normalizationGradient); },
     normalization::computeNormalizationGradient<float>,
     normalization::computeNormalizationGradient<bfloat16>,
     destroy<normalization::Attributes>},
    {"BeyondGroupConv",
     {"T: {float, bfloat16}", "stride: int >= 1", "normalization: int >= 0", "statistics: int >= 0", "epsilon: float"},
     {"x: T", "filter: T", "read: normalization * float"},
     {"y: T", "moments: statistics * float"},
     inferUnknown,
     [](TF_OpKernelConstruction* construction) { return around_convolution::newAttributes(construction, false, 2); },
     group_convolution::computeForward<float>,
     group_convolution::computeForward<bfloat16>,
     destroy<around_convolution::Attributes>},
    {"BeyondGroupConvGrad",
     {"T: {float, bfloat16}", "stride: int >= 1", "normalization: int >= 0", "sums: int >= 0", "outputs: int >= 0",
      "output_normalization: int >= 0", "output_relu: bool"},
     {"x: T", "filter: T", "dy: T", "read: normalization * float", "y: outputs * T", "normalized: output_normalization * float"},
     {"dx: T", "dfilter: T", "dread: sums * float"},
     inferFromFirstInput,
     [](TF_OpKernelConstruction* construction) { return around_convolution::newAttributes(construction, true, 2); },
     group_convolution::computeGradient<float>,
     group_convolution::computeGradient<bfloat16>,
     destroy<around_convolution::Attributes>},
    {"BeyondPointwiseConv",
     {"T: {float, bfloat16}", "stride: int >= 1", "normalization: int >= 0", "statistics: int >= 0", "epsilon: float"},
     {"x: T", "filter: T", "read: normalization * float"},
     {"y: T", "moments: statistics * float"},
     inferUnknown,
     [](TF_OpKernelConstruction* construction) { return around_convolution::newAttributes(construction, false, INT32_MAX); },
     pointwise::computeForward<float>,
     pointwise::computeForward<bfloat16>,
     destroy<around_convolution::Attributes>},
    {"BeyondPointwiseConvGrad",
     {"T: {float, bfloat16}", "stride: int >= 1", "normalization: int >= 0", "sums: int >= 0", "outputs: int >= 0",
      "output_normalization: int >= 0", "output_relu: bool"},
     {"x: T", "filter: T", "dy: T", "read: normalization * float", "y: outputs * T", "normalized: output_normalization * float"},
     {"dx: T", "dfilter: T", "dread: sums * float"},
     inferFromFirstInput,
     [](TF_OpKernelConstruction* construction) { return around_convolution::newAttributes(construction, true, INT32_MAX); },
     pointwise::computeGradient<float>,
     pointwise::computeGradient<bfloat16>,
     destroy<around_convolution::Attributes>},
};

// Registers an operation and its kernels. Returns TensorFlow's error, with the operation's name; empty if there is none.
std::string registerOperation(const Operation& operation) {
  const Status status(TF_NewStatus());
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(operation.name);
  for (const char* attribute : operation.attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  for (const char* input : operation.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : operation.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, operation.inferShape);
  TF_RegisterOpDefinition(definition, status.get());
  for (const auto& [type, compute] : {std::pair(TF_FLOAT, operation.computeFloat), {TF_BFLOAT16, operation.computeBfloat16}}) {
    if (TF_GetCode(status.get()) != TF_OK) break;
    TF_KernelBuilder* kernel = TF_NewKernelBuilder(operation.name, "CPU", operation.create, compute, operation.destroy);
    TF_KernelBuilder_TypeConstraint(kernel, "T", type, status.get());
    if (TF_GetCode(status.get()) == TF_OK) TF_RegisterKernelBuilder(operation.name, kernel, status.get());
  }
  return TF_GetCode(status.get()) == TF_OK ? "" : std::string(operation.name) + ": " + TF_Message(status.get());
}

}  // namespace

// Registers the operations with this process's TensorFlow, once. Throws a JavaScript error if TensorFlow refuses one.
extern "C" __attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  static const std::string problem = [] {
    std::string problems;
    for (const Operation& operation : operations) problems += registerOperation(operation);
    return problems;
  }();
  if (!problem.empty()) napi_throw_error(env, nullptr, problem.c_str());
  return exports;
}

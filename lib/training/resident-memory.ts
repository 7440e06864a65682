import type { Layer } from '../design-space/layers.ts';
import { tensorflowFolder } from '../native/environment.ts';
import type { Device } from './device.ts';
import { optimizerSlots } from './graph/optimizer.ts';
import { stateLayout, weightCount } from './graph/state-layout.ts';
import { computeType } from './graph/precision.ts';
import type { RunningProtocol } from './protocol.ts';
import { isResident } from './training-images.ts';

/**
 * Bytes of workspace that cuDNN's convolutions may use: TensorFlow's default of TF_CUDNN_WORKSPACE_LIMIT_IN_MB (`GetDnnWorkspaceLimit` in
 * tensorflow/core/kernels/conv_ops.cc).
 */
const workspaceBytes = 4 * 2 ** 30;

/** Copies of a batch in float32. Other memory for sampling is freed before the network needs its own. */
const batchCopies = 3;

/**
 * Estimates the bytes that a training step takes: the activations that the backward pass reads (outputs of convolutions and ReLUs), the
 * gradients of the four largest layers (no more exist at a time), the batch at the network's input size, and each weight five times in
 * float32 (itself, gradient, decayed gradient, and the parts as they are split and joined) plus once for each slot of the optimizer.
 * Workspace of the convolutions is not included.
 */
export function stepBytes(
  layers: readonly Layer[],
  { batchSize, precision }: Pick<RunningProtocol, 'batchSize' | 'precision'>,
): number {
  const valuesOf = (layer: Layer) => ('size' in layer ? layer.size ** 2 : 1) * layer.width;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const kept = layers.filter(({ kind }) => kind === 'convolution' || kind === 'relu').map(valuesOf);
  const gradients = layers.map(valuesOf).sort((a, b) => b - a);
  const bytes = computeType(precision) === 'float32' ? 4 : 2;
  const images = batchCopies * valuesOf(layers[0]!);
  return (
    batchSize * (bytes * (sum(kept) + sum(gradients.slice(0, 4))) + 4 * images) +
    4 * (5 + optimizerSlots.length) * weightCount(stateLayout(layers))
  );
}

/**
 * Decides whether training images stay in TensorFlow. They must fit into the machine's memory, through which they also reach a GPU. On a
 * GPU they must also fit, together with a step and the workspace of its convolutions, into the memory that TensorFlow reports as free.
 *
 * They are held only once: the graph converts the fed words to bytes without a copy, and the variable takes over that same memory
 * (`BitcastOp`, `AssignVariableOp` in tensorflow/core/kernels). TensorFlow reports the GPU memory that is free when its device is created,
 * less a reserve (`BaseGPUDeviceFactory::CreateDevices`); of trainings that share a GPU, each one sees what earlier ones have taken by
 * then.
 */
export async function staysInTensorFlow(device: Device, pixelBytes: number, step: number): Promise<boolean> {
  if (!isResident(pixelBytes)) return false;
  return device.kind === 'cpu' || fitsOnGpu(pixelBytes, step, await freeGpuBytes());
}

export const fitsOnGpu = (pixelBytes: number, step: number, freeBytes: number): boolean =>
  pixelBytes + step + workspaceBytes <= freeBytes;

async function freeGpuBytes(): Promise<number> {
  // Imported only if there is a GPU.
  const { TensorFlowApi } = await import('../native/tensorflow-api.ts');
  const gpu = new TensorFlowApi(tensorflowFolder()).devices().find(({ type }) => type === 'GPU');
  if (gpu === undefined) throw new Error('TensorFlow lists no GPU');
  return gpu.memoryBytes;
}

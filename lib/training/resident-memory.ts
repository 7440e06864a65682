import type { Layer } from '../design-space/layers.ts';
import { tensorflowFolder } from '../native/environment.ts';
import type { Device } from './device.ts';
import { optimizerSlots } from './graph/optimizer.ts';
import { stateLayout, weightCount } from './graph/state-layout.ts';
import { computeType } from './graph/precision.ts';
import type { RunningProtocol } from './protocol.ts';
import { isResident } from './training-images.ts';

/**
 * Bytes of memory that cuDNN's convolutions may take for their work: TensorFlow's default of TF_CUDNN_WORKSPACE_LIMIT_IN_MB
 * (`GetDnnWorkspaceLimit` in tensorflow/core/kernels/conv_ops.cc).
 */
const workspaceBytes = 4 * 2 ** 30;

/** Copies of a batch in float32. What sampling it takes besides is free again before the network takes its part. */
const batchCopies = 3;

/**
 * Bytes that a training step takes, reckoned from the network: what the backward pass reads of the forward pass (outputs of
 * convolutions and ReLUs), the gradients of the four largest layers, which are all that live at a time, the batch as
 * the network sees it, and each weight five times in float32 (itself, gradient, decayed gradient, and in parts as they are split and
 * joined) and once for each slot of the optimizer. Temporary memory of the convolutions comes on top.
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
 * Whether training images stay in TensorFlow: on a CPU by the memory of the machine; on a GPU by that, through which they get
 * there, and by that of the GPU. There they must fit, with what a step takes and the work space of its convolutions, into what
 * TensorFlow reports as free.
 *
 * They take their size once: the graph turns the words that are fed into bytes without a copy, and the variable takes over that
 * very memory (`BitcastOp`, `AssignVariableOp` in tensorflow/core/kernels). What TensorFlow reports is the GPU's free memory, when
 * its device is made, less a reserve (`BaseGPUDeviceFactory::CreateDevices`); of trainings that share a GPU each sees what those
 * before it have taken by then.
 */
export async function staysInTensorFlow(device: Device, pixelBytes: number, step: number): Promise<boolean> {
  if (!isResident(pixelBytes)) return false;
  return device.kind === 'cpu' || fitsOnGpu(pixelBytes, step, await freeGpuBytes());
}

export const fitsOnGpu = (pixelBytes: number, step: number, freeBytes: number): boolean =>
  pixelBytes + step + workspaceBytes <= freeBytes;

async function freeGpuBytes(): Promise<number> {
  // Loaded only if there is a GPU.
  const { TensorFlowApi } = await import('../native/tensorflow-api.ts');
  const gpu = new TensorFlowApi(tensorflowFolder()).devices().find(({ type }) => type === 'GPU');
  if (gpu === undefined) throw new Error('TensorFlow lists no GPU');
  return gpu.memoryBytes;
}

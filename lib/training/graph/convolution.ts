import type { Layer } from '../../design-space/layers.ts';
import type { DataType, Tensor } from './graph-builder.ts';
import type { Ops } from './ops.ts';

type Convolution = Extract<Layer, { kind: 'convolution' }>;

/** The part of the neighbouring batch norms' work that an own convolution takes over. */
export interface AroundConvolution {
  /**
   * The normalization, with ReLU, that it applies to its input as it reads it: mean, 1 / standard deviation, scale and offset. The gradient
   * of the input is then the gradient of the normalized input.
   */
  normalization?: readonly Tensor[] | undefined;
  /** Makes the node return mean, variance and 1 / standard deviation of the output as its outputs 1 to 3. */
  statistics?: { epsilon: number } | undefined;
}

/** A gradient with respect to a convolution's normalized output, instead of the output itself. */
export interface NormalizedGradient {
  /** Output of the convolution. */
  output: Tensor;
  /** Mean, 1 / standard deviation, scale, offset, and the gradients of scale and offset. */
  vectors: readonly Tensor[];
  /** Whether the gradient is with respect to the output of the ReLU that follows. */
  relu: boolean;
}

/** Whether this project's own operations can compute groups of this many channels. */
const isOwnGroupWidth = (width: number): boolean => [1, 2, 4, 8].includes(width) || width % 16 === 0;

export interface ConvolutionGradients {
  filter: Tensor;
  /** Undefined if not requested. */
  input: Tensor | undefined;
  /** Gradients of the normalization that the convolution applies to its input; absent if there is none. */
  scale?: Tensor;
  offset?: Tensor;
}

/**
 * Convolutions with PyTorch's padding, (kernelSize - 1) / 2 zeros on every side, built from operations with correct gradients in oneDNN
 * (`EXPLICIT` padding has none). A filter of depth in / groups makes a group convolution.
 *
 * With kernel size k, stride s and h input rows, the last window ends k - 1 - r rows past the input, r = (h - 1) mod s, counting the
 * padding above. `SAME` splits this total evenly, so it is PyTorch's padding if r = 0; otherwise the rows below are not needed, and padding
 * above with `VALID` is equivalent.
 *
 * A strided 1x1 convolution is computed with stride 1 on every s-th row and column: oneDNN's strided one (3.7.3, AVX-512) writes past the
 * end of its buffer in the gradient of the filter, for some batch sizes. Pooling selects these pixels, faster than strided slices do: 5 to
 * 14 % more images/s on networks of 340 to 400 MF.
 *
 * 1x1 convolutions and 3x3 group convolutions are own operations (native/operations) if these are available, and save passes over the
 * tensors of the batch norms around them (merged-normalization.ts). Taken alone, those with groups of 2, 4 and 8 channels take a half to a
 * seventh of oneDNN's time, and others are about as fast. In bfloat16, 1x1 convolutions and groups of 16 or more channels use the
 * processor's products of pairs, as oneDNN does.
 */
export class ConvolutionOps {
  private readonly ops: Ops;
  private readonly type: DataType;
  private readonly ownOperations: boolean;

  /** @param ownOperations whether the process has own operations for `type` */
  constructor(ops: Ops, type: DataType, ownOperations: boolean) {
    this.ops = ops;
    this.type = type;
    this.ownOperations = ownOperations;
  }

  /** Returns the pixels that the convolution reads: padded above and left if `SAME` would pad elsewhere, or every s-th. */
  read(layer: Convolution, inputSize: number, input: Tensor): Tensor {
    if (this.isOwn(layer)) return input;
    if (isSampled(layer)) return this.ops.builder.node('AvgPool', [input], this.sampling(layer));
    const { above } = padding(layer, inputSize);
    if (above === 0) return input;
    const paddings = this.ops.builder.constant('int32', [0, 0, above, 0, above, 0, 0, 0], [4, 2]);
    return this.ops.builder.node('Pad', [input, paddings], { T: { type: this.type }, Tpaddings: { type: 'int32' } });
  }

  /** Computes the output [batch, size, size, width] from the pixels read and the filter [kernelSize, kernelSize, in / groups, out]. */
  forward(layer: Convolution, inputSize: number, read: Tensor, filter: Tensor, around: AroundConvolution = {}): Tensor {
    if (this.isOwn(layer)) {
      const normalization = around.normalization ?? [];
      return this.ops.builder.node(ownOperation(layer), [read, filter, ...normalization], {
        ...this.ownAttributes(layer),
        normalization: { int: normalization.length },
        statistics: { int: around.statistics ? 3 : 0 },
        epsilon: { float: around.statistics?.epsilon ?? 0 },
      });
    }
    return this.ops.builder.node('Conv2D', [read, filter], this.attributes(layer, inputSize));
  }

  /**
   * Computes the gradients of the filter and of the whole input.
   * @param tensors the inputs of `read` and `forward`, the output of `read`, and the gradient of the output
   * @param needsInput whether the gradient of the input is requested; it is undefined if not
   */
  gradients(
    layer: Convolution,
    inputSize: number,
    tensors: Record<'input' | 'read' | 'filter' | 'gradient', Tensor>,
    needsInput: boolean,
    around: AroundConvolution & { gradient?: NormalizedGradient | undefined } = {},
  ): ConvolutionGradients {
    const { input, filter, gradient } = tensors;
    if (this.isOwn(layer)) {
      const normalization = around.normalization ?? [];
      const outputs = around.gradient ? [around.gradient.output] : [];
      const vectors = around.gradient?.vectors ?? [];
      const node = this.ops.builder.node(
        `${ownOperation(layer)}Grad`,
        [input, filter, gradient, ...normalization, ...outputs, ...vectors],
        {
          ...this.ownAttributes(layer),
          normalization: { int: normalization.length },
          sums: { int: normalization.length / 2 },
          outputs: { int: outputs.length },
          output_normalization: { int: vectors.length },
          output_relu: { bool: around.gradient?.relu ?? false },
        },
      );
      return {
        filter: `${node}:1`,
        input: node,
        ...(around.normalization && { scale: `${node}:2`, offset: `${node}:3` }),
      };
    }
    return {
      filter: this.filterGradient(layer, inputSize, tensors.read, gradient),
      input: needsInput ? this.inputGradient(layer, inputSize, tensors) : undefined,
    };
  }

  private filterGradient(layer: Convolution, inputSize: number, read: Tensor, gradient: Tensor): Tensor {
    const shape = this.ops.ints([layer.kernelSize, layer.kernelSize, layer.widthIn / layer.groups, layer.width]);
    return this.ops.builder.node('Conv2DBackpropFilter', [read, shape, gradient], this.attributes(layer, inputSize));
  }

  private inputGradient(
    layer: Convolution,
    inputSize: number,
    tensors: Record<'input' | 'read' | 'filter' | 'gradient', Tensor>,
  ) {
    const { input, read, filter, gradient } = tensors;
    const result = this.ops.builder.node(
      'Conv2DBackpropInput',
      [this.ops.shape(read, this.type), filter, gradient],
      this.attributes(layer, inputSize),
    );
    if (isSampled(layer))
      return this.ops.builder.node('AvgPoolGrad', [this.ops.shape(input, this.type), result], this.sampling(layer));
    const { above } = padding(layer, inputSize);
    return above === 0 ? result : this.ops.slice(result, [0, above, above, 0], [-1, -1, -1, -1], this.type);
  }

  private attributes(layer: Convolution, inputSize: number) {
    const stride = isSampled(layer) ? 1 : layer.stride;
    return {
      T: { type: this.type },
      strides: { ints: [1, stride, stride, 1] },
      padding: { string: padding(layer, inputSize).mode },
      data_format: { string: 'NHWC' },
      dilations: { ints: [1, 1, 1, 1] },
      explicit_paddings: { ints: [] },
      use_cudnn_on_gpu: { bool: true },
    };
  }

  /** Whether the convolution is an own operation, which can take over part of the neighbouring batch norms' work. */
  readonly isOwn = ({ kernelSize, stride, groups, widthIn, width }: Convolution): boolean => {
    if (!this.ownOperations) return false;
    if (kernelSize === 1) return groups === 1;
    return kernelSize === 3 && stride <= 2 && widthIn === width && isOwnGroupWidth(width / groups);
  };

  /** Whether it can normalize its input as it reads it. */
  readonly normalizes = (layer: Convolution): boolean =>
    this.isOwn(layer) && (layer.kernelSize > 1 || layer.stride === 1);

  private ownAttributes({ stride }: Convolution) {
    return { T: { type: this.type }, stride: { int: stride } };
  }

  /** Attributes that select every s-th row and column, as averages over windows of one pixel. */
  private sampling({ stride }: Convolution) {
    return {
      T: { type: this.type },
      ksize: { ints: [1, 1, 1, 1] },
      strides: { ints: [1, stride, stride, 1] },
      padding: { string: 'VALID' },
      data_format: { string: 'NHWC' },
    };
  }
}

const ownOperation = ({ kernelSize }: Convolution) => (kernelSize === 1 ? 'BeyondPointwiseConv' : 'BeyondGroupConv');

const isSampled = ({ kernelSize, stride }: Convolution): boolean => kernelSize === 1 && stride > 1;

function padding({ kernelSize, stride }: Convolution, inputSize: number): { mode: 'SAME' | 'VALID'; above: number } {
  if (kernelSize === 1) return { mode: 'VALID', above: 0 };
  if ((inputSize - 1) % stride === 0) return { mode: 'SAME', above: 0 };
  return { mode: 'VALID', above: (kernelSize - 1) / 2 };
}

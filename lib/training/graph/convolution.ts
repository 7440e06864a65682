import type { Layer } from '../../design-space/layers.ts';
import type { DataType, Tensor } from './graph-builder.ts';
import type { Ops } from './ops.ts';

type Convolution = Extract<Layer, { kind: 'convolution' }>;

/**
 * A convolution with PyTorch's padding, (kernel - 1) / 2 zeros on every side, in operations that oneDNN has sound gradients for
 * (with `EXPLICIT` padding it has none). A filter of depth in / groups makes it a group convolution.
 *
 * With kernel k, stride s and h input rows, the last window ends k - 1 - r rows past the input, r = (h - 1) mod s, counting the
 * padding above. `SAME` splits this total evenly, so it is PyTorch's padding if r = 0; else the rows below are not needed and
 * padding above and `VALID` are the same.
 *
 * A strided 1x1 convolution is one of stride 1 on every s-th row and column: oneDNN's own (3.7.3, AVX-512) writes past the end of
 * its buffer in the gradient of the filter, for some batch sizes. Pooling takes these pixels, and faster than strided slices do: 5
 * to 14 % more images/s on networks of 340 to 400 MF.
 */
export class ConvolutionOps {
  private readonly ops: Ops;
  private readonly type: DataType;

  constructor(ops: Ops, type: DataType) {
    this.ops = ops;
    this.type = type;
  }

  /** The pixels that the convolution reads: padded above and left if `SAME` would pad elsewhere, or every s-th. */
  read(layer: Convolution, inputSize: number, input: Tensor): Tensor {
    if (isSampled(layer)) return this.ops.builder.node('AvgPool', [input], this.sampling(layer));
    const { above } = padding(layer, inputSize);
    if (above === 0) return input;
    const paddings = this.ops.builder.constant('int32', [0, 0, above, 0, above, 0, 0, 0], [4, 2]);
    return this.ops.builder.node('Pad', [input, paddings], { T: { type: this.type }, Tpaddings: { type: 'int32' } });
  }

  /** [batch, size, size, width] from the pixels read and the filter [kernel, kernel, in / groups, out]. */
  forward(layer: Convolution, inputSize: number, read: Tensor, filter: Tensor): Tensor {
    return this.ops.builder.node('Conv2D', [read, filter], this.attributes(layer, inputSize));
  }

  /** Gradient of the filter. */
  filterGradient(layer: Convolution, inputSize: number, read: Tensor, gradient: Tensor): Tensor {
    const shape = this.ops.ints([layer.kernel, layer.kernel, layer.widthIn / layer.groups, layer.width]);
    return this.ops.builder.node('Conv2DBackpropFilter', [read, shape, gradient], this.attributes(layer, inputSize));
  }

  /** Gradient of the input, which is all pixels. */
  inputGradient(
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

  /** Every s-th row and column, as the averages of windows of one pixel. */
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

const isSampled = ({ kernel, stride }: Convolution): boolean => kernel === 1 && stride > 1;

function padding({ kernel, stride }: Convolution, inputSize: number): { mode: 'SAME' | 'VALID'; above: number } {
  if (kernel === 1) return { mode: 'VALID', above: 0 };
  if ((inputSize - 1) % stride === 0) return { mode: 'SAME', above: 0 };
  return { mode: 'VALID', above: (kernel - 1) / 2 };
}

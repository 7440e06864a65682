import { stream } from '../../../../lib/core/random.ts';
import type { Layer } from '../../../../lib/design-space/layers.ts';
import { CompiledModel } from '../../../../lib/training/compiled-model.ts';
import { ConvolutionOps } from '../../../../lib/training/graph/convolution.ts';
import { floatEndpoint as float, GraphBuilder, type DataType } from '../../../../lib/training/graph/graph-builder.ts';
import { Ops } from '../../../../lib/training/graph/ops.ts';

export interface GroupConvolution {
  batch: number;
  size: number;
  channels: number;
  groupWidth: number;
  stride: 1 | 2;
  type: DataType;
}

/** Random values for a 3x3 group convolution, with their output and both gradients. */
export async function groupConvolution(one: GroupConvolution, directory: string) {
  const { batch, size, channels, groupWidth, stride, type } = one;
  const outSize = Math.floor((size - 1) / stride) + 1;
  const builder = new GraphBuilder();
  const ops = new Ops(builder);
  const layer: Extract<Layer, { kind: 'convolution' }> = {
    ...{ kind: 'convolution', name: 'c', input: 'x', kernelSize: 3, stride, groups: channels / groupWidth },
    ...{ widthIn: channels, width: channels, size: outSize },
  };
  const shapes = {
    x: [batch, size, size, channels],
    filter: [3, 3, groupWidth, channels],
    dy: [batch, outSize, outSize, channels],
  };
  const fed = (name: string) => ops.cast(builder.placeholder(name, 'float32', [-1, -1, -1, -1]), 'float32', type);
  const [input, filter, gradient] = [fed('x'), fed('filter'), fed('dy')];
  const convolutions = new ConvolutionOps(ops, type, true);
  const read = convolutions.read(layer, size, input);
  const gradients = convolutions.gradients(layer, size, { input, read, filter, gradient }, true);
  const output = (tensor: string, name: string) =>
    float(ops.identity(ops.cast(tensor, type, 'float32'), 'float32', name), -1, -1, -1, -1);
  const model = await CompiledModel.open(directory, {
    builder,
    signatures: {
      run: {
        inputs: Object.fromEntries(Object.keys(shapes).map((name) => [name, float(name, -1)])),
        outputs: {
          y: output(convolutions.forward(layer, size, read, filter), 'y'),
          dx: output(gradients.input!, 'dx'),
          dfilter: output(gradients.filter, 'dfilter'),
        },
      },
    },
  });
  try {
    const random = stream(1, 'images', size, channels);
    // Of few enough bits for bfloat16, so that only results are rounded.
    const values = (shape: readonly number[]) =>
      Float32Array.from({ length: shape.reduce((product, side) => product * side, 1) }, () => {
        const value = Math.round(random.normal() * 32) / 32;
        return Math.max(-3, Math.min(3, value));
      });
    const inputs = { x: values(shapes.x), filter: values(shapes.filter), dy: values(shapes.dy) };
    const outputs = model.run(
      'run',
      Object.fromEntries(
        Object.entries(inputs).map(([name, all]) => [name, { values: all, shape: shapes[name as 'x'] }]),
      ),
    ) as Record<'y' | 'dx' | 'dfilter', Float32Array>;
    return { inputs, outputs };
  } finally {
    model.close();
  }
}

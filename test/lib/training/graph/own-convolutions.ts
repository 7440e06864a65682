import { stream } from '../../../../lib/core/random.ts';
import type { Layer } from '../../../../lib/design-space/layers.ts';
import { CompiledModel } from '../../../../lib/training/compiled-model.ts';
import { ConvolutionOps } from '../../../../lib/training/graph/convolution.ts';
import { floatEndpoint as float, GraphBuilder, type DataType } from '../../../../lib/training/graph/graph-builder.ts';
import { mergedForward } from '../../../../lib/training/graph/merged-normalization.ts';
import { Ops } from '../../../../lib/training/graph/ops.ts';
import { nativeOperations } from '../../../../lib/training/native-operations.ts';

/** A 1x1 convolution, or a 3x3 one of groups, that is an own operation. */
export interface OwnConvolution {
  kernelSize: 1 | 3;
  batch: number;
  size: number;
  widthIn: number;
  width: number;
  /** Channels of a group; `widthIn` if there is one group. */
  groupWidth: number;
  stride: number;
  type: DataType;
  /** Whether the convolution normalizes its input as it reads it. */
  normalizes: boolean;
  /** Whether the gradient of the output is that of its normalization, with ReLU or without. */
  normalized?: 'relu' | 'linear';
}

export const epsilon = 1e-5;

/** Of the normalization of the input and that of the output, in the order in which the operations take them. */
const inputVectors = ['inMean', 'inInverse', 'inScale', 'inOffset'] as const;
const outputVectors = [
  'outMean',
  'outInverse',
  'outScale',
  'outOffset',
  'outScaleGradient',
  'outOffsetGradient',
] as const;

type Name = 'x' | 'filter' | 'dy' | (typeof inputVectors)[number] | (typeof outputVectors)[number];

export type Values = Record<string, Float32Array>;

/** Random values for a convolution, with all that it gives in a forward and a backward pass. */
export async function computedConvolution(one: OwnConvolution, directory: string) {
  const { kernelSize, batch, size, widthIn, width, groupWidth, stride, type, normalizes, normalized } = one;
  const operations = nativeOperations();
  if (!operations.available) throw new Error(operations.reason);
  const outSize = Math.floor((size - 1) / stride) + 1;
  const builder = new GraphBuilder();
  const ops = new Ops(builder);
  const layer: Extract<Layer, { kind: 'convolution' }> = {
    ...{ kind: 'convolution', name: 'c', input: 'x', kernelSize, stride, groups: widthIn / groupWidth },
    ...{ widthIn, width, size: outSize },
  };
  const shapes: Record<Name, readonly number[]> = {
    x: [batch, size, size, widthIn],
    filter: [kernelSize, kernelSize, groupWidth, width],
    dy: [batch, outSize, outSize, width],
    ...(Object.fromEntries(inputVectors.map((name) => [name, [widthIn]])) as Record<
      (typeof inputVectors)[number],
      number[]
    >),
    ...(Object.fromEntries(outputVectors.map((name) => [name, [width]])) as Record<
      (typeof outputVectors)[number],
      number[]
    >),
  };
  const fed = (name: Name) =>
    builder.placeholder(
      name,
      'float32',
      shapes[name].map(() => -1),
    );
  const [input, filter, gradient] = (['x', 'filter', 'dy'] as const).map((name) =>
    ops.cast(fed(name), 'float32', type),
  ) as [string, string, string];
  const convolutions = new ConvolutionOps(ops, type, true);
  if (!convolutions.isOwn(layer)) throw new Error('the convolution is no own operation');
  const normalization = normalizes ? inputVectors.map(fed) : undefined;
  const y = convolutions.forward(layer, size, input, filter, { normalization, statistics: { epsilon } });
  const result = convolutions.gradients(layer, size, { input, read: input, filter, gradient }, true, {
    normalization,
    gradient: normalized && { output: y, vectors: outputVectors.map(fed), relu: normalized === 'relu' },
  });
  const batchNorm = { kind: 'batchNorm', name: 'bn', input: 'c', width, size: outSize } as const;
  const parameter = () => ops.float(Array.from({ length: width }, () => 1));
  const { statistics } = mergedForward(
    ops,
    { batchNorm, relu: true },
    { input: y, shortcut: undefined },
    { type, epsilon, parameter },
  );
  const given = (of: string, name: string) => float(ops.identity(of, 'float32', name), -1);
  const tensor = (of: string, name: string) => given(ops.cast(of, type, 'float32'), name);
  const used = (Object.keys(shapes) as Name[]).filter(
    (name) => (normalizes || !name.startsWith('in')) && (normalized || !name.startsWith('out')),
  );
  const readingOutput: readonly Name[] = ['x', 'filter', ...(normalizes ? inputVectors : [])];
  const model = await CompiledModel.open(directory, {
    builder,
    signatures: {
      apart: {
        inputs: Object.fromEntries(readingOutput.map((name) => [name, float(name, -1)])),
        outputs: {
          mean: given(statistics.mean, 'mean_apart'),
          variance: given(statistics.variance, 'variance_apart'),
          inverse: given(statistics.inverse!, 'inverse_apart'),
        },
      },
      run: {
        inputs: Object.fromEntries(used.map((name) => [name, float(name, -1)])),
        outputs: {
          y: tensor(y, 'y'),
          mean: given(`${y}:1`, 'mean'),
          variance: given(`${y}:2`, 'variance'),
          inverse: given(`${y}:3`, 'inverse'),
          dx: tensor(result.input!, 'dx'),
          dfilter: tensor(result.filter, 'dfilter'),
          ...(normalizes && { dscale: given(result.scale!, 'dscale'), doffset: given(result.offset!, 'doffset') }),
        },
      },
    },
  });
  try {
    const random = stream(1, 'images', size, widthIn, width);
    // Of few enough bits for bfloat16, so that only results are rounded.
    const values = (name: Name) =>
      Float32Array.from({ length: shapes[name].reduce((product, side) => product * side, 1) }, () => {
        const value = Math.max(-3, Math.min(3, Math.round(random.normal() * 32) / 32));
        return /Inverse|Scale$/.test(name) ? 0.5 + Math.abs(value) : value;
      });
    const inputs = Object.fromEntries(used.map((name) => [name, values(name)])) as Record<Name, Float32Array>;
    const run = (signature: string, names: readonly Name[]) =>
      model.run(
        signature,
        Object.fromEntries(names.map((name) => [name, { values: inputs[name], shape: shapes[name] }])),
      ) as Values;
    // Statistics that the batch norm of the output takes by itself.
    const apart = run('apart', readingOutput);
    return { inputs, outputs: run('run', used), apart };
  } finally {
    model.close();
  }
}

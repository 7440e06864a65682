import { describe, expect, onTestFinished, test } from 'vitest';
import { stream } from '../../../../lib/core/random.ts';
import { CompiledModel } from '../../../../lib/training/compiled-model.ts';
import { floatEndpoint as float, GraphBuilder, type DataType } from '../../../../lib/training/graph/graph-builder.ts';
import { mergedBackward, mergedForward } from '../../../../lib/training/graph/merged-normalization.ts';
import { Ops } from '../../../../lib/training/graph/ops.ts';
import { nativeOperations } from '../../../../lib/training/native-operations.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { toBfloat16 } from './own-convolution-reference.ts';

const epsilon = 1e-5;

interface Case {
  shape: readonly [number, number, number, number];
  relu: boolean;
  shortcut: boolean;
  gradients: 1 | 2 | 3;
  type: DataType;
  /** Of x, in standard deviations. */
  mean?: number;
}

type Values = Record<string, Float32Array>;

/** What merged layers and their gradients give for random values; `inputs` are as the operations see them. */
async function computed({ shape, relu, shortcut, gradients, type, mean = 0 }: Case) {
  expect(nativeOperations()).toEqual({ available: true });
  const builder = new GraphBuilder();
  const ops = new Ops(builder);
  const channels = shape[3];
  const names = ['x', 's', 'a', 'b', 'c'];
  const fed = (name: string) => builder.placeholder(name, 'float32', [-1, -1, -1, -1]);
  const cast = (name: string) => ops.cast(fed(name), 'float32', type);
  const [x, s, ...all] = names.map(cast) as [string, string, ...string[]];
  const dy = all.slice(0, gradients);
  const vector = (name: string) => builder.placeholder(name, 'float32', [-1]);
  const parameters = new Map([
    ['bn.weight', vector('weight')],
    ['bn.bias', vector('bias')],
  ]);
  const pass = { type, epsilon, parameter: (name: string) => parameters.get(name)! };
  const batchNorm = { kind: 'batchNorm', name: 'bn', input: 'x', width: channels, size: shape[1] } as const;
  const layers = { batchNorm, relu, ...(shortcut && { shortcut: 's' }) };
  const { output: node, statistics } = mergedForward(
    ops,
    layers,
    { input: x, shortcut: shortcut ? s : undefined },
    pass,
  );
  const result = mergedBackward(ops, layers, { input: x, statistics, output: node!, gradients: dy }, pass);
  const output = (tensor: string, name: string) =>
    float(ops.identity(ops.cast(tensor, type, 'float32'), 'float32', name), -1, -1, -1, -1);
  const plain = (tensor: string, name: string) => float(ops.identity(tensor, 'float32', name), -1);
  const model = await CompiledModel.open(await temporaryFolder(), {
    builder,
    signatures: {
      run: {
        inputs: Object.fromEntries([...names, 'weight', 'bias'].map((name) => [name, float(name, -1)])),
        outputs: {
          y: output(node!, 'y'),
          mean: plain(statistics.mean, 'mean'),
          variance: plain(statistics.variance, 'variance'),
          dx: output(result.input, 'dx'),
          ...(result.shortcut !== undefined && { ds: output(result.shortcut, 'ds') }),
          dweight: plain(result.weight, 'dweight'),
          dbias: plain(result.bias, 'dbias'),
        },
      },
    },
  });
  onTestFinished(() => model.close());
  const random = stream(1, 'merged', ...shape);
  const count = shape.reduce((product, size) => product * size, 1);
  const values = (size: number, shift = 0) => Float32Array.from({ length: size }, () => random.normal() + shift);
  const rounded = (all: Float32Array) => (type === 'bfloat16' ? all.map(toBfloat16) : all);
  const inputs: Values = {
    x: rounded(values(count, mean)),
    ...Object.fromEntries(['s', 'a', 'b', 'c'].map((name) => [name, rounded(values(count))])),
    weight: values(channels, 1),
    bias: values(channels),
  };
  const run = () =>
    model.run(
      'run',
      Object.fromEntries(
        Object.entries(inputs).map(([name, all]) => [
          name,
          { values: all, shape: all.length === channels && name.length > 1 ? [channels] : shape },
        ]),
      ),
    ) as Values;
  return { inputs, outputs: run(), run };
}

/** The same in float64. Which values ReLU lets pass is taken from `y`: next to 0, rounding decides. */
function reference({ shape, relu, shortcut, gradients }: Case, inputs: Values, y: Float32Array) {
  const { x, s, weight, bias } = inputs as Record<'x' | 's' | 'weight' | 'bias', Float32Array>;
  const channels = shape[3];
  const pixels = x.length / channels;
  const result = {
    y: new Float64Array(x.length),
    mean: new Float64Array(channels),
    variance: new Float64Array(channels),
    dx: new Float64Array(x.length),
    ds: new Float64Array(x.length),
    dweight: new Float64Array(channels),
    dbias: new Float64Array(channels),
  };
  for (let channel = 0; channel < channels; channel++) {
    const at = Array.from({ length: pixels }, (_, pixel) => pixel * channels + channel);
    const sum = (of: (index: number) => number) => at.reduce((total, index) => total + of(index), 0);
    const mean = sum((index) => x[index]!) / pixels;
    const variance = sum((index) => (x[index]! - mean) ** 2) / pixels;
    const inverse = 1 / Math.sqrt(variance + epsilon);
    const normalized = (index: number) => (x[index]! - mean) * inverse;
    for (const index of at) {
      const value = normalized(index) * weight[channel]! + bias[channel]! + (shortcut ? s[index]! : 0);
      result.y[index] = relu ? Math.max(0, value) : value;
      const gradient = ['a', 'b', 'c'].slice(0, gradients).reduce((total, name) => total + inputs[name]![index]!, 0);
      result.ds[index] = relu && !(y[index]! > 0) ? 0 : gradient;
    }
    result.mean[channel] = mean;
    result.variance[channel] = (variance * pixels) / (pixels - 1);
    result.dbias[channel] = sum((index) => result.ds[index]!);
    result.dweight[channel] = sum((index) => result.ds[index]! * normalized(index));
    for (const index of at)
      result.dx[index] =
        weight[channel]! *
        inverse *
        (result.ds[index]! - result.dbias[channel]! / pixels - (normalized(index) * result.dweight[channel]!) / pixels);
  }
  return result;
}

/** The largest difference, relative to the root mean square of what is expected. */
function difference(values: Float32Array, expected: Float64Array): number {
  const scale = Math.sqrt(expected.reduce((sum, value) => sum + value ** 2, 0) / expected.length);
  return expected.reduce((largest, value, index) => Math.max(largest, Math.abs(value - values[index]!)), 0) / scale;
}

describe('batch norm merged with what follows it agrees with float64', () => {
  const kinds = [
    { relu: false, shortcut: false },
    { relu: true, shortcut: false },
    { relu: true, shortcut: true },
  ];
  // Channels of all kinds: fewer than a vector, no multiple of one, more than fit into registers; pixels that are odd and many.
  const shapes = [
    [5, 1, 1, 5],
    [3, 5, 7, 1],
    [3, 5, 7, 3],
    [4, 8, 8, 24],
    [9, 7, 7, 40],
    [3, 3, 3, 130],
    [2, 3, 3, 1100],
    [16, 32, 32, 16],
  ] as const;
  const cases = shapes.flatMap((shape) =>
    kinds.flatMap((kind, index) => [
      { shape, ...kind, gradients: (1 + (index % 2)) as 1 | 2, type: 'float32' as const },
      { shape, ...kind, gradients: (2 - (index % 2)) as 1 | 2, type: 'float32' as const },
    ]),
  );
  test.each(cases)('$shape, ReLU $relu, shortcut $shortcut, $gradients gradients', async (one) => {
    const { inputs, outputs } = await computed(one);
    const expected = reference(one, inputs, outputs['y']!);
    for (const [name, values] of Object.entries(outputs))
      expect(difference(values, expected[name as keyof typeof expected]), name).toBeLessThan(1e-5);
  });

  test('with a mean of 100 standard deviations, to the accuracy of float32 at such values', async () => {
    const one: Case = { shape: [4, 9, 9, 20], relu: true, shortcut: false, gradients: 1, type: 'float32', mean: 100 };
    const { inputs, outputs } = await computed(one);
    const expected = reference(one, inputs, outputs['y']!);
    for (const [name, values] of Object.entries(outputs))
      expect(difference(values, expected[name as keyof typeof expected]), name).toBeLessThan(3e-5);
  });

  test('with more gradients than the operation adds', async () => {
    const one: Case = { shape: [4, 8, 8, 24], relu: true, shortcut: true, gradients: 3, type: 'float32' };
    const { inputs, outputs } = await computed(one);
    const expected = reference(one, inputs, outputs['y']!);
    expect(difference(outputs['dx']!, expected.dx)).toBeLessThan(1e-5);
  });

  test.each(kinds)('in bfloat16 to its 8 bits, ReLU $relu, shortcut $shortcut', async (kind) => {
    const one: Case = { shape: [4, 8, 8, 24], ...kind, gradients: 1, type: 'bfloat16' };
    const { inputs, outputs } = await computed(one);
    const expected = reference(one, inputs, outputs['y']!);
    for (const [name, values] of Object.entries(outputs)) {
      // Gradients and statistics are float32; so are sums, even of rounded values.
      const isRounded = ['y', 'dx', 'ds'].includes(name);
      const tolerance = isRounded
        ? (index: number) => Math.abs(expected[name as 'y'][index]!) / 256 + 1e-6
        : () => 1e-5;
      for (const [index, value] of values.entries())
        if (!(Math.abs(value - expected[name as 'y'][index]!) <= tolerance(index) + 1e-5))
          expect.fail(`${name}[${index}] is ${value}, not ${expected[name as 'y'][index]}`);
    }
  });
});

test('a constant channel is 0 before its offset, and lets no gradient through at 0', async () => {
  const one: Case = { shape: [8, 5, 5, 17], relu: true, shortcut: false, gradients: 1, type: 'float32' };
  const { inputs, run } = await computed(one);
  // 0.1 is no float: sums of it are rounded.
  inputs['x']!.fill(0.1);
  inputs['bias']!.fill(0);
  const { y, dbias } = run();
  expect(y!.every((value) => value === 0)).toBe(true);
  expect(dbias!.every((value) => value === 0)).toBe(true);
});

test('a value that is not a number stays one, so that divergence shows', async () => {
  const one: Case = { shape: [2, 4, 4, 20], relu: true, shortcut: false, gradients: 1, type: 'bfloat16' };
  const { inputs, run } = await computed(one);
  inputs['x']![3] = NaN;
  const { y, mean } = run();
  expect(mean!.filter((value) => Number.isNaN(value))).toHaveLength(1);
  expect(y!.filter((value) => Number.isNaN(value))).toHaveLength(2 * 4 * 4);
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { layersOf } from '../../../../lib/design-space/layers.ts';
import { architectureSchema } from '../../../../lib/design-space/architecture.ts';
import type { KernelTable } from '../../../../lib/native/kernel-table.ts';
import { GraphBuilder, type CompiledGraph } from '../../../../lib/training/graph/graph-builder.ts';
import { stateLayout } from '../../../../lib/training/graph/state-layout.ts';
import { servingGraph } from '../../../../lib/training/graph/serving-graph.ts';
import { compileTrainingGraph } from '../../../../lib/training/graph/training-graph.ts';
import { initialState } from '../../../../lib/training/initial-weights.ts';
import { precisionSchema, protocolSchema, type Precision } from '../../../../lib/training/protocol.ts';
import { stream } from '../../../../lib/core/random.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

/** What TensorFlow's GPU build has kernels for, by `tools/gpu-kernels.ts`. */
const table = JSON.parse(await readFile(new URL('golden/gpu-kernels.json', import.meta.url), 'utf8')) as KernelTable;

interface Node {
  name: string;
  op: string;
  /** Attributes by name, of which types and booleans are read. */
  attr: Record<string, { type?: number; b?: boolean }>;
}

/** What is read of saved_model.proto and what it holds. */
const savedModel = protobuf
  .parse(
    `syntax = "proto3";
    message SavedModel { repeated MetaGraph meta_graphs = 2; }
    message MetaGraph { Graph graph_def = 2; }
    message Graph { repeated Node node = 1; }
    message Node { string name = 1; string op = 2; map<string, Attribute> attr = 5; }
    message Attribute { bool b = 5; int32 type = 6; }`,
  )
  .root.lookupType('SavedModel');

/** The nodes of a graph as TensorFlow reads them. */
async function nodesOf({ builder }: Pick<CompiledGraph, 'builder'>): Promise<Node[]> {
  const folder = await temporaryFolder();
  await builder.save(folder, {});
  const bytes = await readFile(join(folder, 'saved_model.pb'));
  const { metaGraphs } = savedModel.decode(bytes) as unknown as { metaGraphs: { graphDef: { node: Node[] } }[] };
  return metaGraphs[0]!.graphDef.node;
}

/** Names of the types that graphs have, by their numbers in types.proto. */
const typeNames: Record<number, string> = {
  1: 'float32',
  3: 'int32',
  4: 'uint8',
  9: 'int64',
  10: 'bool',
  14: 'bfloat16',
  19: 'float16',
};

/** The operations that each of the library's messages is about: those that refuse to run where they must be deterministic. */
const refusals: [words: RegExp, refuses: (node: Node) => boolean][] = [
  [
    /fused batch-norm backprop, when training is disabled/,
    ({ op, attr }) => /^FusedBatchNormGrad/.test(op) && attr['is_training']?.b !== true,
  ],
  [/segment reduction/, ({ op }) => /Segment(Sum|Mean|Prod|Min|Max|SqrtN|Reduction)/.test(op)],
  [/Scatter ops with ref inputs/, ({ op }) => /^Scatter/.test(op)],
  [/CropAndResizeBackprop/, ({ op }) => /^CropAndResizeGrad/.test(op)],
  [/DepthwiseConvBackpropFilter/, ({ op }) => op === 'DepthwiseConv2dNativeBackpropFilter'],
  [/SparseTensorDenseMatmulOp/, ({ op }) => op === 'SparseTensorDenseMatMul'],
  [/SVD of matrices/, ({ op }) => op === 'Svd'],
  [/GPU MaxPool gradient ops/, ({ op }) => /^MaxPoolGrad/.test(op)],
  [/Timestamp cannot/, ({ op }) => op === 'Timestamp'],
  // Of XLA's own operations, and of a registry of the debugger: no graph's.
  [/HLO instruction|RegisterRenderer/, () => false],
];

/** The name of an operation in a message, e.g. of `Determinism is not yet supported in GPU implementation of Bincount.` */
const named = (message: string) => /(?:of|for) ([A-Z]\w+?)(?: that| is not| when|\.)/.exec(message)?.[1];

function problemOf(node: Node): string | undefined {
  const { op, attr } = node;
  const alternatives = table.kernels[op];
  if (alternatives === undefined) return `${op} has no kernel`;
  const typeOf = (attribute: string) => typeNames[attr[attribute]?.type ?? 0] ?? 'unknown';
  if (!alternatives.some((kernel) => Object.entries(kernel).every(([name, types]) => types.includes(typeOf(name))))) {
    const constrained = [...new Set(alternatives.flatMap(Object.keys))];
    return `${op} has no kernel for ${constrained.map((name) => `${name}=${typeOf(name)}`).join(', ')}`;
  }
  const message = table.determinismMessages.find(
    (text) => named(text) === op || refusals.some(([words, refuses]) => words.test(text) && refuses(node)),
  );
  return message && `${op} refuses determinism: ${message}`;
}

const problemsOf = async (graph: Pick<CompiledGraph, 'builder'>) => [
  ...new Set((await nodesOf(graph)).flatMap((node) => problemOf(node) ?? [])),
];

const blocks = { depths: [1, 2], widths: [8, 16], strides: [1, 2] };
const architectures = [
  { stem: 'simple_stem_in', stemWidth: 8, ...blocks, bottleneckRatios: [1, 2], groupWidths: [4, 2] },
  { stem: 'res_stem_cifar', stemWidth: 4, blockType: 'res_basic_block', ...blocks },
  { stem: 'res_stem_cifar', stemWidth: 4, blockType: 'vanilla_block', ...blocks, strides: [2, 1] },
].map((architecture) => architectureSchema.parse({ bottleneckRatios: [1, 1], groupWidths: [1, 1], ...architecture }));

/** Graphs of a precision with every option that changes their nodes. */
function* graphsOf(precision: Precision): Generator<Pick<CompiledGraph, 'builder'>> {
  for (const architecture of architectures)
    // Images that are sampled pixel by pixel, and between them.
    for (const [taps, network, channels] of [
      [1, 16, 3],
      [2, 11, 3],
    ] as const) {
      const layers = layersOf(architecture, { imageSize: network, channels, classes: 7 });
      const layout = stateLayout(layers);
      const each = (value: number) => Array<number>(channels).fill(value);
      const normalization = { mean: each(0.5), std: each(0.25) };
      const test = {
        layers,
        layout,
        sizes: { network, channels },
        classes: 7,
        normalization,
        testSampling: { taps, zeroOutside: false },
      };
      for (const labelSmoothing of [0, 0.1])
        for (const lossScaling of [undefined, {}])
          for (const zeroOutside of [true, false]) {
            // What changes the values of attributes and not what there is to compute goes along.
            const [nesterov, weightDecay] = zeroOutside ? [true, 0] : [false, 1e-4];
            const trainingSampling = { taps, zeroOutside };
            const protocol = protocolSchema.parse({
              epochs: 1,
              labelSmoothing,
              lossScaling,
              optimizer: { nesterov, weightDecay },
            });
            const training = { protocol: { ...protocol, precision }, trainingSampling, ownOperations: false };
            yield compileTrainingGraph({ ...test, ...training });
          }
      yield servingGraph({
        ...test,
        state: initialState(layers, stream(0, 'serving')),
        shortSide: 12,
        epsilon: 1e-5,
      });
    }
}

test.each(precisionSchema.options)(
  'every node of every graph has a deterministic GPU kernel at %s',
  async (precision) => {
    for (const graph of graphsOf(precision)) expect(await problemsOf(graph)).toEqual([]);
  },
);

test('an operation without a kernel, or without one of its type, is noticed', async () => {
  const builder = new GraphBuilder();
  const image = builder.placeholder('image', 'uint8', [4]);
  builder.node('DecodeJpeg', [image]);
  const zero = builder.constant('int32', [0]);
  builder.node('Slice', [image, zero, zero], { T: { type: 'uint8' }, Index: { type: 'int32' } });
  expect(await problemsOf({ builder })).toEqual(['DecodeJpeg has no kernel', 'Slice has no kernel for T=uint8']);
});

test.each(['SparseSoftmaxCrossEntropyWithLogits', 'SoftmaxCrossEntropyWithLogits'])(
  'the fused %s is noticed: it refuses determinism',
  async (op) => {
    const builder = new GraphBuilder();
    const logits = builder.placeholder('logits', 'float32', [-1, 10]);
    const labels = builder.placeholder('labels', 'int32', [-1]);
    builder.node(op, [logits, labels], { T: { type: 'float32' }, Tlabels: { type: 'int32' } });
    expect(await problemsOf({ builder })).toEqual([
      expect.stringMatching(new RegExp(`^${op} refuses determinism: The GPU implementation of ${op} `)),
    ]);
  },
);

test('every message of the library about determinism is known: a new version may have new ones', () => {
  const known = (message: string) =>
    refusals.some(([words]) => words.test(message)) || table.kernels[named(message) ?? ''] !== undefined;
  expect(table.determinismMessages.filter((message) => !known(message))).toEqual([]);
});

import type { RunningProtocol } from '../protocol.ts';
import { GraphBuilder, intEndpoint as int, type CompiledGraph } from './graph-builder.ts';
import { Ops } from './ops.ts';
import { computeType } from './precision.ts';
import { entriesSize, weightCount, type StateLayout } from './state-layout.ts';
import { parameters, vectors } from './state-vectors.ts';
import { testSignatures, type TestOptions } from './testing.ts';

/** Compiles a network for its test alone: the nodes of the training graph that this takes, and so the same bits. */
export function compileEvaluationGraph(
  options: TestOptions & { layout: StateLayout; protocol: Pick<RunningProtocol, 'batchNorm' | 'precision'> },
): CompiledGraph {
  const { layout, protocol } = options;
  const builder = new GraphBuilder();
  const ops = new Ops(builder);
  const type = computeType(protocol.precision);
  const weights = builder.variable('weights', 'float32', [weightCount(layout)]);
  const statistics = builder.variable('statistics', 'float32', [entriesSize(layout.statistics)]);
  const restored = ops.done('restored', [
    ops.assign(weights, ops.fedFloats('given_weights', [-1])),
    ops.assign(statistics, ops.fedFloats('given_statistics', [-1])),
  ]);
  const pass = {
    type,
    epsilon: protocol.batchNorm.epsilon,
    parameter: parameters(ops, layout, ops.read(weights), type),
    statistic: vectors(ops, layout.statistics, ops.read(statistics)),
  };
  const test = testSignatures(ops, options, ops.fedInts('labels'), pass);
  return {
    builder,
    signatures: {
      restore: {
        inputs: {
          weights: int('given_weights', weightCount(layout)),
          statistics: int('given_statistics', entriesSize(layout.statistics)),
        },
        outputs: { done: int(restored) },
      },
      loadTest: test.loadTest,
      evaluate: test.evaluate,
    },
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompiledModel } from '../../lib/training/compiled-model.ts';
import { floatEndpoint as float, GraphBuilder } from '../../lib/training/graph/graph-builder.ts';
import { Ops } from '../../lib/training/graph/ops.ts';
import type { Peak } from './roofline.ts';

/** The measured process: `peak.ts` prints as JSON the speeds that TensorFlow reaches in matrix products and in passes over memory. */
const side = 2048;
const values = 2 ** 26;
const times = 8;
const rounds = 3;

const builder = new GraphBuilder();
const ops = new Ops(builder);
const factor = ops.fedFloats('factor', []);
const filled = (shape: readonly number[]) =>
  builder.node('Fill', [ops.ints(shape), factor], { T: { type: 'float32' }, index_type: { type: 'int32' } });
const repeated = (first: string, next: (last: string) => string) =>
  Array.from({ length: times }).reduce((last: string) => next(last), first);
const matrix = filled([side, side]);
const product = repeated(matrix, (last) => ops.matMul(last, matrix));
// The first operation writes, the others read and write in place. (TensorFlow would merge several multiplications into one.)
const rectified = repeated(filled([values]), (last) => builder.node('Relu', [last], { T: { type: 'float32' } }));
const signature = (name: string, tensor: string, rank: number) => ({
  inputs: { factor: { ...float('factor', 1), type: 'int32' as const } },
  outputs: {
    first: float(ops.identity(ops.slice(tensor, Array(rank).fill(0), Array(rank).fill(1)), 'float32', name), 1),
  },
});
const directory = await mkdtemp(join(tmpdir(), 'bench-peak-'));
try {
  const model = await CompiledModel.open(directory, {
    builder,
    signatures: {
      product: signature('product', product, 2),
      rectified: signature('rectified', rectified, 1),
    },
  });
  const ones = new Int32Array(Float32Array.of(1).buffer);
  const seconds = (name: string) => {
    const taken = Array.from({ length: rounds + 1 }, () => {
      const start = performance.now();
      model.run(name, { factor: ones });
      return (performance.now() - start) / 1000;
    });
    return Math.min(...taken);
  };
  const peak: Peak = {
    flopsPerSecond: (2 * times * side ** 3) / seconds('product'),
    bytesPerSecond: ((2 * times + 1) * 4 * values) / seconds('rectified'),
  };
  model.close();
  process.stdout.write(`${JSON.stringify(peak)}\n`);
} finally {
  await rm(directory, { recursive: true });
}

import { expect, onTestFinished, test } from 'vitest';
import { CompiledModel } from '../../../../lib/training/compiled-model.ts';
import { floatEndpoint, GraphBuilder, intEndpoint } from '../../../../lib/training/graph/graph-builder.ts';
import { evaluationSums, trainingLoss } from '../../../../lib/training/graph/loss.ts';
import { Ops } from '../../../../lib/training/graph/ops.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

/** Loss, gradient and evaluation sums of some logits by the graph. */
async function computed(logits: number[][], labels: number[], smoothing: number) {
  const classes = logits[0]!.length;
  const builder = new GraphBuilder();
  const ops = new Ops(builder);
  const given = ops.reshape(ops.fedFloats('logits', [-1]), [-1, classes]);
  const truth = ops.fedInts('labels');
  const { loss, gradient } = trainingLoss(ops, given, truth, { classes, smoothing });
  const model = await CompiledModel.open(await temporaryFolder(), {
    builder,
    signatures: {
      all: {
        inputs: { logits: intEndpoint('logits', -1), labels: intEndpoint('labels', -1) },
        outputs: {
          loss: floatEndpoint(loss),
          gradient: floatEndpoint(gradient, -1, classes),
          sums: floatEndpoint(evaluationSums(ops, given, truth, classes), 3),
        },
      },
    },
  });
  onTestFinished(() => model.close());
  const bits = new Int32Array(Float32Array.from(logits.flat()).buffer);
  const result = model.run('all', { logits: bits, labels: Int32Array.from(labels) });
  return { loss: result['loss']![0]!, gradient: [...result['gradient']!], sums: [...result['sums']!] };
}

/** The same by its definition, in float64. */
function defined(logits: number[][], labels: number[], smoothing: number) {
  const classes = logits[0]!.length;
  let loss = 0;
  let sum = 0;
  const gradient = logits.flatMap((row, image) => {
    const largest = Math.max(...row);
    const logSum = largest + Math.log(row.reduce((total, logit) => total + Math.exp(logit - largest), 0));
    sum += logSum - row[labels[image]!]!;
    return row.map((logit, c) => {
      const target = smoothing / classes + (c === labels[image] ? 1 - smoothing : 0);
      loss += (target * (logSum - logit)) / labels.length;
      return (Math.exp(logit - logSum) - target) / labels.length;
    });
  });
  return { loss, gradient, sum };
}

test.each([0, 0.1])('loss and gradient are those of the definition, smoothing %d', async (smoothing) => {
  const logits = [
    [1.5, -2, 0.25, 3],
    [0, 0, 0, 0],
    [-7, 4, 4, -1],
  ];
  const labels = [3, 0, 2];
  const expected = defined(logits, labels, smoothing);
  const { loss, gradient, sums } = await computed(logits, labels, smoothing);
  expect(loss).toBeCloseTo(expected.loss, 6);
  gradient.forEach((value, index) => expect(value).toBeCloseTo(expected.gradient[index]!, 7));
  expect(sums[0]).toBeCloseTo(expected.sum, 5);
});

test('a network that is certain, and right or wrong, has a finite loss and gradient', async () => {
  const logits = [
    [1e4, -1e4, 0],
    [-3e37, 3e37, 0],
    [88, 89, 800],
  ];
  for (const labels of [
    [0, 0, 2],
    [1, 0, 0],
  ]) {
    const expected = defined(logits, labels, 0);
    const { loss, gradient, sums } = await computed(logits, labels, 0);
    expect(Math.abs(loss / expected.loss - 1)).toBeLessThan(1e-6);
    gradient.forEach((value, index) => expect(value).toBeCloseTo(expected.gradient[index]!, 7));
    expect(Math.abs(sums[0]! / expected.sum - 1)).toBeLessThan(1e-6);
  }
});

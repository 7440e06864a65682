import type { Tensor } from './graph-builder.ts';
import type { Ops } from './ops.ts';

/**
 * Computes the mean cross-entropy of a batch and its gradient with respect to the logits. With smoothing e, the target is 1 - e + e /
 * classes for the true class and e / classes for every other (Szegedy et al. 2016).
 *
 * It is composed of operations that give the same bits every time on a GPU: TensorFlow's fused cross-entropies refuse to run there if
 * operations must be deterministic.
 */
export function trainingLoss(
  ops: Ops,
  logits: Tensor,
  labels: Tensor,
  { classes, smoothing }: { classes: number; smoothing: number },
): { loss: Tensor; gradient: Tensor } {
  const targets = oneHot(ops, labels, classes, 1 - smoothing + smoothing / classes, smoothing / classes);
  const logProbabilities = logSoftmax(ops, logits);
  const batchSize = ops.cast(
    ops.builder.node('Size', [labels], { T: { type: 'int32' }, out_type: { type: 'int32' } }),
    'int32',
    'float32',
  );
  const probabilities = ops.builder.node('Exp', [logProbabilities], { T: { type: 'float32' } });
  return {
    loss: ops.mean(crossEntropies(ops, targets, logProbabilities), [0]),
    gradient: ops.divide(ops.subtract(probabilities, targets), batchSize),
  };
}

/** Returns sums over a batch: [cross-entropy, top-1 errors, top-5 errors]; a tie with the true class counts against the network. */
export function evaluationSums(ops: Ops, logits: Tensor, labels: Tensor, classes: number): Tensor {
  const truth = oneHot(ops, labels, classes, 1, 0);
  const trueLogit = ops.builder.node('Sum', [ops.multiply(logits, truth), ops.ints([1])], {
    T: { type: 'float32' },
    Tidx: { type: 'int32' },
    keep_dims: { bool: true },
  });
  // Counts classes that are *not* below the true class (including itself), so that NaN counts as an error.
  const below = ops.builder.node('Less', [logits, trueLogit], { T: { type: 'float32' } });
  const notBelow = ops.sum(ops.subtract(ops.float(1), ops.cast(below, 'bool', 'float32')), [1]);
  const errors = (top: number) =>
    ops.sum(
      ops.cast(ops.builder.node('Greater', [notBelow, ops.float(top)], { T: { type: 'float32' } }), 'bool', 'float32'),
      [0],
    );
  const loss = ops.sum(crossEntropies(ops, truth, logSoftmax(ops, logits)), [0]);
  return ops.pack([loss, errors(1), errors(5)]);
}

/** Returns log-probabilities, [batch, classes]; finite if the differences between logits are. */
function logSoftmax(ops: Ops, logits: Tensor): Tensor {
  return ops.builder.node('LogSoftmax', [logits], { T: { type: 'float32' } });
}

/** Returns the cross-entropy of each image, [batch], from targets and log-probabilities [batch, classes]. */
function crossEntropies(ops: Ops, targets: Tensor, logProbabilities: Tensor): Tensor {
  const terms = ops.multiply(targets, logProbabilities);
  return ops.builder.node('Neg', [ops.sum(terms, [1])], { T: { type: 'float32' } });
}

function oneHot(ops: Ops, labels: Tensor, classes: number, on: number, off: number): Tensor {
  return ops.builder.node('OneHot', [labels, ops.ints(classes), ops.float(on), ops.float(off)], {
    T: { type: 'float32' },
    TI: { type: 'int32' },
    axis: { int: -1 },
  });
}

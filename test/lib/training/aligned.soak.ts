import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { stream } from '../../../lib/core/random.ts';
import { drawAugmentation } from '../../../lib/training/augmentation.ts';
import { protocolSchema } from '../../../lib/training/protocol.ts';
import { cyclingLabels, description, imagesOf, openSession, randomPixels } from './sessions.ts';

const steps = 20_000;
const batchSize = 8;

/**
 * TensorFlow ends the process (`Check failed: IsAligned()`) if a tensor is at an address that its kernels do not accept. This happened once
 * to a tensor of labels, in a run of all tests, when tensors could be JavaScript's own memory (lib/native/copied-tensors.h). It was too
 * rare to reproduce: this test passes with the binding of that time, too. It can no longer happen because tensors are in TensorFlow's own
 * memory, which tensorflow-binding.test.ts shows.
 */
test(`a training of ${steps} steps continues wherever in memory its labels are, on a machine with more work than cores`, async () => {
  for (let load = 0; load < 2 * availableParallelism(); load++) {
    const busy = spawn(process.execPath, ['-e', 'for (;;) new Array(1000).fill({});'], { stdio: 'ignore' });
    onTestFinished(() => void busy.kill('SIGKILL'));
  }
  const dataset = description(8, 1);
  const { session } = await openSession({ dataset, protocol: { batchSize } });
  const random = stream(0, 'aligned');
  const { augmentation } = protocolSchema.parse({ epochs: 1 });
  const images = imagesOf(randomPixels(batchSize, dataset), dataset);
  const values = cyclingLabels(batchSize, dataset.classes);
  for (let step = 0; step < steps; step++) {
    // At every multiple of 4 bytes; soon garbage.
    const labels = new Int32Array(new ArrayBuffer(4 * (batchSize + 16)), 4 * (step % 16), batchSize);
    labels.set(values);
    session.trainStep(
      { images, augmentation: drawAugmentation(random, augmentation, images.extents, dataset, 8) },
      labels,
      0.001,
    );
    if (step % 100 === 0) expect(session.takeLosses().every(Number.isFinite)).toBe(true);
    if (step % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
});

import { expect, test } from 'vitest';
import { catalogue } from '../../../lib/datasets/catalogue/index.ts';
import { otherwiseTrained, protocolInWords } from '../../../lib/report/protocol-words.ts';
import { parseStudyConfig } from '../../../lib/study/config.ts';
import { applyOverrides } from '../../../lib/study/overrides.ts';
import { preset } from '../../../lib/study/presets.ts';
import { protocolSchema } from '../../../lib/training/protocol.ts';

const inWords = (protocol: object) => protocolInWords(protocolSchema.parse({ epochs: 10, ...protocol })).join(' ');

test('a protocol is described in the sentences of an experimental section', () => {
  expect(inWords({ imageSize: 224, testShortSide: 256 })).toBe(
    'Networks were trained for 10 epochs by stochastic gradient descent with Nesterov momentum 0.9, weight decay 0.00005 on all parameters and batches of 128 images; the learning rate was lowered from 0.1 to 0 along a cosine, set anew at each epoch. Training images were augmented by random crops of 8 to 100 % of the area and aspect ratios from 0.75 to 1.33, random horizontal flips and PCA lighting noise of 0.1, at 224 pixels; test images were seen resized to a short side of 256 pixels and cropped at the center. Channels were normalized by mean and deviation of the training images. Batch normalization kept running statistics with momentum 0.1 and epsilon 0.00001; tests used precise statistics of 8,192 training images. Networks were computed in float32.',
  );
});

test('what is unusual is described, too: steps, warm-up, smoothing, reduced precision', () => {
  const text = inWords({
    precision: 'float16',
    labelSmoothing: 0.1,
    schedule: { kind: 'step', stepEpochs: [3, 6], warmupEpochs: 1 },
    augmentation: { crop: { kind: 'none' }, horizontalFlip: false, pcaLighting: 0 },
    batchNorm: { preciseImages: 0 },
  });
  for (const part of [
    'multiplied by 0.1 after epochs 3 and 6, after a linear warm-up of 1 epoch',
    'label smoothing 0.1',
    'Training images were not augmented; test images were seen whole.',
    'float16, with dynamic loss scaling from 65536',
    'these were used in tests',
  ])
    expect(text).toContain(part);
});

test('datasets whose training differs in the same way are described together, in the sentences that differ', () => {
  const config = parseStudyConfig(applyOverrides(preset('paper'), []), catalogue);
  const cifar = otherwiseTrained(config).find(({ datasets }) => datasets.includes('cifar10'))!;
  expect(cifar.datasets).toEqual(['cifar10', 'cifar100']);
  expect(cifar.sentences.join(' ')).toMatch(/^Networks were trained for 30 epochs .* after padding by 4 pixels/);
  expect(cifar.sentences).toHaveLength(2);
});

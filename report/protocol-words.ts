import { configDifferences } from '../study/config-differences.ts';
import { protocolFor, type StudyConfig } from '../study/config.ts';
import { selectionLabel } from '../datasets/selection-label.ts';
import { lossScalingOf, type TrainingProtocol } from '../training/protocol.ts';
import { counted } from './format.ts';

/** How networks were trained, in the sentences of an experimental section. */
export function protocolInWords(protocol: TrainingProtocol): string[] {
  const { epochs, batchSize, optimizer, schedule, batchNorm, labelSmoothing, precision, xla } = protocol;
  const { learningRate, momentum, nesterov, weightDecay } = optimizer;
  const scaling = precision === 'auto' ? undefined : lossScalingOf({ ...protocol, precision });
  return [
    `Networks were trained for ${counted(epochs, 'epoch')} by stochastic gradient descent with ${nesterov ? 'Nesterov ' : ''}momentum ${momentum}, weight decay ${weightDecay} on all parameters and batches of ${batchSize} images; the learning rate was ${learningRate}, ${scheduleInWords(schedule)}${labelSmoothing > 0 ? `, with label smoothing ${labelSmoothing}` : ''}.`,
    augmentationInWords(protocol),
    `Batch normalization kept running statistics with momentum ${batchNorm.momentum} and epsilon ${batchNorm.epsilon}; ${batchNorm.preciseImages === 0 ? 'these were used in tests' : `tests used precise statistics of ${batchNorm.preciseImages.toLocaleString('en-US')} training images`}.`,
    `Arithmetic was ${precision === 'auto' ? 'of the fastest precision of each device' : precision}${scaling === undefined ? '' : `, with dynamic loss scaling from ${scaling.initial}`}${xla ? ', compiled by XLA' : ''}.`,
  ];
}

function scheduleInWords({
  kind,
  per,
  warmupEpochs,
  warmupFactor,
  minimumFactor,
  stepEpochs,
  stepFactor,
}: TrainingProtocol['schedule']): string {
  const warmup =
    warmupEpochs > 0 ? ` after a linear warm-up of ${counted(warmupEpochs, 'epoch')} from ${warmupFactor} of it` : '';
  switch (kind) {
    case 'cosine':
      return `lowered to ${minimumFactor} of it along a cosine, set at each ${per}${warmup}`;
    case 'step':
      return `multiplied by ${stepFactor} after epochs ${stepEpochs.join(', ')}${warmup}`;
    case 'constant':
      return `kept constant${warmup}`;
  }
}

function augmentationInWords({ augmentation, imageSize, testShortSide }: TrainingProtocol): string {
  const { crop, horizontalFlip, pcaLighting } = augmentation;
  const seen = imageSize === undefined ? '' : `, at ${imageSize} pixels`;
  const crops = {
    'random-sized': () =>
      `random crops of ${(crop as { area: number[] }).area.map((share) => `${Math.round(100 * share)}`).join(' to ')} % of the area and aspect ratios from ${(crop as { aspectRatio: number[] }).aspectRatio.map((ratio) => ratio.toFixed(2)).join(' to ')}`,
    pad: () => `random crops after padding by ${(crop as { padding: number }).padding} pixels`,
    none: () => 'no cropping',
  };
  const steps = [
    crops[crop.kind](),
    ...(horizontalFlip ? ['random horizontal flips'] : []),
    ...(pcaLighting > 0 ? [`PCA lighting noise of ${pcaLighting}`] : []),
  ];
  const test =
    testShortSide === undefined
      ? 'whole'
      : `resized to a short side of ${testShortSide} pixels and cropped at the center`;
  return `Training images were augmented by ${steps.join(', ')}${seen}; test images were seen ${test}. Channels were normalized by mean and deviation of the training images.`;
}

/** For each dataset that is trained in another way than the study says, in what it differs. */
export function protocolDifferences(config: StudyConfig): { dataset: string; differences: string[] }[] {
  return config.datasets
    .map((selection) => ({
      dataset: selectionLabel(selection),
      differences: configDifferences(config.protocol, protocolFor(config, selection)).map((line) =>
        line.replace(/ is (.*) there and (.*) here$/, ': $2 instead of $1'),
      ),
    }))
    .filter(({ differences }) => differences.length > 0);
}

import { groupBy } from './group-by.ts';
import { protocolFor, type StudyConfig } from '../study/config.ts';
import { selectionLabel } from '../datasets/selection-label.ts';
import { isSettings, type StudyProtocol } from '../study/trainer-config.ts';
import { lossScalingOf, type TrainingProtocol } from '../training/protocol.ts';
import { counted, listed } from './words/numbers.ts';

/** Longer settings are not quoted in a sentence: the config has them. */
const longestQuoted = 400;

/** Describes in sentences how networks were trained, as in an experimental section; for a trainer's own settings, quotes them. */
export function protocolInWords(protocol: StudyProtocol): string[] {
  if (isSettings(protocol)) {
    const text = JSON.stringify(protocol.settings);
    return [
      text.length <= longestQuoted
        ? `The trainer was given the settings ${text}.`
        : `The trainer was given settings of ${text.length.toLocaleString('en-US')} characters, which the config has.`,
    ];
  }
  const { epochs, batchSize, optimizer, schedule, batchNorm, labelSmoothing, precision, xla } = protocol;
  const { learningRate, momentum, nesterov, weightDecay } = optimizer;
  const scaling = precision === 'auto' ? undefined : lossScalingOf({ ...protocol, precision });
  return [
    `Networks were trained for ${counted(epochs, 'epoch')} by stochastic gradient descent with ${nesterov ? 'Nesterov ' : ''}momentum ${momentum}, weight decay ${weightDecay} on all parameters and batches of ${batchSize} images; the learning rate ${scheduleInWords(schedule, learningRate)}${labelSmoothing > 0 ? `, with label smoothing ${labelSmoothing}` : ''}.`,
    augmentationInWords(protocol),
    `Batch normalization kept running statistics with momentum ${batchNorm.momentum} and epsilon ${batchNorm.epsilon}; ${batchNorm.preciseImages === 0 ? 'these were used in tests' : `tests used precise statistics of ${batchNorm.preciseImages.toLocaleString('en-US')} training images`}.`,
    `Networks were computed in ${precision === 'auto' ? 'the fastest precision of each device' : precision}${scaling === undefined ? '' : `, with dynamic loss scaling from ${scaling.initial}`}${xla ? ', compiled by XLA' : ''}.`,
  ];
}

function scheduleInWords(
  { kind, per, warmupEpochs, warmupFactor, minimumFactor, stepEpochs, stepFactor }: TrainingProtocol['schedule'],
  learningRate: number,
): string {
  const warmup =
    warmupEpochs > 0
      ? `, after a linear warm-up of ${counted(warmupEpochs, 'epoch')} from ${warmupFactor} times that`
      : '';
  switch (kind) {
    case 'cosine':
      return `was lowered from ${learningRate} to ${minimumFactor === 0 ? '0' : `${minimumFactor} times that`} along a cosine, set anew at each ${per}${warmup}`;
    case 'step':
      return `was ${learningRate}, multiplied by ${stepFactor} after ${stepEpochs.length === 1 ? 'epoch' : 'epochs'} ${listed(stepEpochs.map(String))}${warmup}`;
    case 'constant':
      return `was ${learningRate} throughout${warmup}`;
  }
}

function augmentationInWords({ augmentation, imageSize, testShortSide }: TrainingProtocol): string {
  const { crop, horizontalFlip, pcaLighting } = augmentation;
  const seen = imageSize === undefined ? '' : `, at ${imageSize} pixels`;
  const crops = {
    'random-sized': () =>
      `random crops of ${(crop as { area: number[] }).area.map((share) => `${Math.round(100 * share)}`).join(' to ')} % of the area and aspect ratios from ${(crop as { aspectRatio: number[] }).aspectRatio.map((ratio) => ratio.toFixed(2)).join(' to ')}`,
    pad: () => `random crops after padding by ${(crop as { padding: number }).padding} pixels`,
    none: () => undefined,
  };
  const cropped = crops[crop.kind]();
  const steps = [
    ...(cropped === undefined ? [] : [cropped]),
    ...(horizontalFlip ? ['random horizontal flips'] : []),
    ...(pcaLighting > 0 ? [`PCA lighting noise of ${pcaLighting}`] : []),
  ];
  const test =
    testShortSide === undefined
      ? 'whole'
      : `resized to a short side of ${testShortSide} pixels and cropped at the center`;
  return `Training images were ${steps.length === 0 ? 'not augmented' : `augmented by ${listed(steps)}`}${seen}; test images were seen ${test}. Channels were normalized by mean and deviation of the training images.`;
}

/** Returns the datasets that are trained differently from the study's protocol, with the sentences that differ for them. */
export function otherwiseTrained(config: StudyConfig): { datasets: string[]; sentences: string[] }[] {
  const usual = protocolInWords(config.protocol);
  const others = config.datasets
    .map((selection) => ({
      dataset: selectionLabel(selection),
      sentences: protocolInWords(protocolFor(config, selection)).filter((sentence, index) => sentence !== usual[index]),
    }))
    .filter(({ sentences }) => sentences.length > 0);
  return [...groupBy(others, ({ sentences }) => sentences.join(' ')).values()].map((members) => ({
    datasets: members.map(({ dataset }) => dataset),
    sentences: members[0]!.sentences,
  }));
}

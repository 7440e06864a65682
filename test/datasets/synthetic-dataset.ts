import { residentSplit, type DatasetEntry, type RawImage } from '../../datasets/split-source.ts';

/** A dataset of small images whose pixels all tell their position in the source, so that every image can be traced. */
export function syntheticDataset(options: {
  trainLabels: readonly number[];
  testLabels: readonly number[];
  validationLabels?: readonly number[];
  classes: number;
  shape?: Pick<RawImage, 'height' | 'width' | 'channels'>;
  imageSize?: number;
  version?: string;
}): DatasetEntry {
  const { trainLabels, testLabels, validationLabels, classes } = options;
  const { shape = { height: 4, width: 4, channels: 1 }, imageSize = 4, version = 'synthetic 1' } = options;
  const split = (labels: readonly number[]) => {
    const imageBytes = shape.height * shape.width * shape.channels;
    const pixels = Uint8Array.from({ length: labels.length * imageBytes }, (_, i) => Math.floor(i / imageBytes) % 256);
    return residentSplit(Uint16Array.from(labels), pixels, shape);
  };
  return {
    name: 'synthetic',
    title: 'Synthetic',
    classes,
    channels: shape.channels,
    imageSize,
    trainingImages: trainLabels.length,
    testImages: testLabels.length,
    obtain: 'made here',
    locate: () =>
      Promise.resolve({
        folder: '',
        version,
        open: () =>
          Promise.resolve({
            classes: Array.from({ length: classes }, (_, label) => `class ${label}`),
            train: split(trainLabels),
            ...(validationLabels === undefined ? {} : { validation: split(validationLabels) }),
            test: split(testLabels),
          }),
      }),
  };
}

/** Labels 0, 1, ..., classes - 1, 0, 1, ... */
export const cycling = (images: number, classes: number) => Array.from({ length: images }, (_, i) => i % classes);

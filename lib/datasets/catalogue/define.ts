import { join } from 'node:path';
import { MissingDatasetError } from '../dataset-error.ts';
import { locateDownload, type Reader } from '../downloaded-dataset.ts';
import type { CatalogueEntry, DatasetLocation, ExpectedImages } from '../source.ts';

/** A dataset of the catalogue, as its file defines it. */
export interface Definition extends Omit<CatalogueEntry, 'classes' | 'trainingImages' | 'testImages' | 'locate'> {
  /** Reads what was downloaded. */
  reader: Omit<Reader, 'put'>;
  /** Locates data that is available without a download; absent if there is none. */
  bundled?: () => DatasetLocation;
}

/** Share of each class that is held out for testing if a dataset comes without splits. */
const testShare = 0.1;

/** Defines a dataset of the catalogue, which is looked up in `<data root>/<name>`, then in its bundled location. */
export function defineDataset({ reader, bundled, ...entry }: Definition): CatalogueEntry {
  const { name, title, publication } = entry;
  return {
    ...entry,
    ...sizesOf(entry.expected[0]!),
    async locate(dataRoot, signal) {
      let where = 'no data root is given (--data-root)';
      if (dataRoot !== undefined) {
        const folder = join(dataRoot, name);
        const found = await locateDownload(folder, { ...reader, put: publication.put }, signal);
        if (found !== undefined) return found;
        where = `${folder} does not exist or is empty`;
      }
      if (bundled !== undefined) return bundled();
      throw new MissingDatasetError(title, where, `It must contain ${publication.put}; see ${publication.homepage}`);
    },
  };
}

/** Returns the largest sizes that a study can ask for, by the published counts. */
function sizesOf({ classes, splits: { train, test, undivided } }: ExpectedImages) {
  if (undivided === undefined) return { classes, trainingImages: train?.images ?? 0, testImages: test?.images ?? 0 };
  const { images, byClass } = undivided;
  const testImages =
    typeof byClass === 'object'
      ? byClass.reduce((sum, count) => sum + Math.round(testShare * count), 0)
      : Math.round(testShare * images);
  return { classes, trainingImages: images - testImages, testImages };
}

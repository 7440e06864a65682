import { join } from 'node:path';
import { MissingDatasetError } from '../dataset-error.ts';
import { locateDownload, type Reader } from '../downloaded-dataset.ts';
import type { CatalogueEntry, DatasetLocation, ExpectedImages } from '../source.ts';

/** A dataset of the catalogue as its file tells it. */
export interface Definition extends Omit<CatalogueEntry, 'classes' | 'trainingImages' | 'testImages' | 'locate'> {
  /** Reads what was downloaded. */
  reader: Omit<Reader, 'put'>;
  /** Where the data is had without any download; absent where it is not. */
  bundled?: () => DatasetLocation;
}

/** Share of each class that is tested on where a dataset brings no splits. */
const testShare = 0.1;

/** Makes a dataset of the catalogue: found in `<data root>/<name>`, else where it is bundled. */
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

/** What a study can ask for at most, by the published counts. */
function sizesOf({ classes, splits: { train, test, undivided } }: ExpectedImages) {
  if (undivided === undefined) return { classes, trainingImages: train?.images ?? 0, testImages: test?.images ?? 0 };
  const { images, byClass } = undivided;
  const testImages =
    typeof byClass === 'object'
      ? byClass.reduce((sum, count) => sum + Math.round(testShare * count), 0)
      : Math.round(testShare * images);
  return { classes, trainingImages: images - testImages, testImages };
}

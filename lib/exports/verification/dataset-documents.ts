import { join } from 'node:path';
import type { DatasetManifest } from '../../datasets/manifest.ts';
import { readManifest } from '../../datasets/prepared-dataset.ts';
import { keptViews } from '../../runs/kept-images.ts';
import { newCheck, type Check } from './check.ts';
import { compareFigures } from './compare-figures.ts';

/**
 * Compares the documents of datasets with the same data prepared on this machine, if it is there: a digest covers the data, but not the
 * document's other statements, such as that nothing is missing.
 * @param work folder on this machine for data that can be recreated
 * @param manifests manifests of the documents, by the label of the dataset
 */
export async function checkDatasetDocuments(
  work: string,
  manifests: ReadonlyMap<string, DatasetManifest>,
): Promise<Check> {
  const check = newCheck('documents of datasets', '');
  const prepared = new Map(
    (await keptViews(join(work, 'datasets'))).map(({ digest, directory }) => [digest, directory]),
  );
  const unseen: string[] = [];
  for (const [label, manifest] of manifests) {
    const directory = prepared.get(manifest.digest);
    if (directory === undefined) {
      unseen.push(label);
      continue;
    }
    const { problems, absent } = compareFigures(factsOf(manifest), factsOf(await readManifest(directory)));
    check.problems.push(...[...problems, ...absent].map((problem) => `${label}: ${problem} in the prepared data`));
  }
  const seen = manifests.size - unseen.length;
  if (seen > 0) check.shown = `${seen} of ${manifests.size} say what the data that is prepared on this machine says`;
  if (unseen.length > 0)
    check.unproved.push(
      `what the documents of ${unseen.join(', ')} say of images that are not prepared on this machine: names of classes, and what is missing, unreadable or shared by splits`,
    );
  return check;
}

/** Returns a manifest's facts about images that do not depend on their location. */
function factsOf({ classes, channels, imageSize, fit, splits, ...manifest }: DatasetManifest): unknown {
  const { incomplete, skipped, normalization, pca, leakage } = manifest;
  const shared = (pairs: DatasetManifest['leakage']['duplicates']) =>
    Object.fromEntries(pairs.map(({ split, with: other, images }) => [`${split} and ${other}`, images]));
  return {
    ...{ classes, channels, imageSize, fit, incomplete, normalization, pca },
    splits: Object.entries(splits).map(([split, { images, byClass }]) => ({ split, images, byClass })),
    skipped: skipped.length,
    leakage: { duplicates: shared(leakage.duplicates), groups: leakage.groups && shared(leakage.groups) },
  };
}

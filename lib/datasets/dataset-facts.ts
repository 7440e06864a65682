import { catalogue } from './catalogue/index.ts';
import { checkDataset } from './check.ts';
import { MissingDatasetError } from './dataset-error.ts';
import { ownDataset } from './own-dataset.ts';
import type { DatasetFacts, DatasetSelection } from './selection.ts';

/**
 * Facts about every dataset that a study may name: the catalogue, and the user's own datasets, whose files are listed but not
 * decoded.
 * @throws MissingDatasetError if one of the user's own datasets does not exist or cannot be read
 */
export async function datasetFacts(
  selections: readonly DatasetSelection[],
  dataRoot: string | undefined,
): Promise<DatasetFacts[]> {
  const own = new Map(
    selections.flatMap(({ dataset, source, testFraction }) =>
      source === undefined ? [] : [[dataset, { source, testFraction }] as const],
    ),
  );
  const facts: DatasetFacts[] = [...catalogue];
  for (const [name, { source, testFraction }] of own) {
    const entry = ownDataset(name, source);
    const { title, channels, imageSize } = entry;
    const { classes, splits, problems } = await checkDataset(entry, dataRoot);
    if (classes === null) throw new MissingDatasetError(title, problems.join('; '));
    const images = (key: keyof typeof splits) => splits[key]?.images ?? 0;
    const validationImages = images('validation');
    const divisible = images('train') + images('undivided');
    const heldOut = images('test') === 0 ? Math.round(testFraction * divisible) : 0;
    facts.push({
      ...{ name, title, classes, channels, imageSize },
      trainingImages: divisible - heldOut,
      ...(validationImages > 0 && { validationImages }),
      testImages: images('test') + heldOut,
    });
  }
  return facts;
}

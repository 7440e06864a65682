import { ConfigError } from '../core/errors.ts';
import { catalogue } from './catalogue/index.ts';
import { checkDataset } from './check.ts';
import { MissingDatasetError } from './dataset-error.ts';
import { ownDataset } from './own-dataset.ts';
import { selectionShortfalls } from './selection-shortfalls.ts';
import type { DatasetFacts, DatasetSelection } from './selection.ts';

/**
 * Returns facts about every dataset that a study may name: those of the catalogue, and the user's own datasets, whose files are listed but
 * not decoded.
 * @throws MissingDatasetError if one of the user's own datasets does not exist or cannot be read, ConfigError if it lacks something that a
 * selection asks for, such as a class
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
  const unmet: string[] = [];
  const facts: DatasetFacts[] = [...catalogue];
  for (const [name, { source, testFraction }] of own) {
    const entry = ownDataset(name, source);
    const { title, channels, imageSize } = entry;
    const check = await checkDataset(entry, dataRoot);
    const { classes, splits, problems } = check;
    if (classes === null) throw new MissingDatasetError(title, problems.join('; '));
    for (const selection of selections)
      if (selection.dataset === name) unmet.push(...selectionShortfalls(selection, check));
    const images = (key: keyof typeof splits) => splits[key]?.images ?? 0;
    const validationImages = images('validation');
    const divisible = images('train') + images('undivided');
    const heldOut = images('test') === 0 ? Math.round(testFraction * divisible) : 0;
    facts.push({
      ...{ name, title, classes, channels, imageSize },
      classNames: Object.values(splits)[0]!.byClass.map(({ name }) => name),
      trainingImages: divisible - heldOut,
      hasGroups: check.hasGroups,
      ...(validationImages > 0 && { validationImages }),
      testImages: images('test') + heldOut,
    });
  }
  if (unmet.length > 0) throw new ConfigError('The study asks for something that its datasets do not have', unmet);
  return facts;
}

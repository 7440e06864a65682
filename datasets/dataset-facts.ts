import { catalogue } from './catalogue/index.ts';
import { datasetEntry } from './dataset-entry.ts';
import { countByClass, type SplitKey } from './expected-images.ts';
import type { DatasetFacts, DatasetSelection } from './selection.ts';

/**
 * What is known of datasets before anything of them is prepared: of those of the catalogue what is published, and of the user's own
 * among the selections what lies there, by the names of files and the rows of tables.
 * @throws DatasetError where one of the user's own is missing or damaged
 */
export async function datasetFacts(
  selections: readonly DatasetSelection[],
  dataRoot: string | undefined,
  signal?: AbortSignal,
): Promise<DatasetFacts[]> {
  const own = new Map(selections.filter(({ source }) => source !== undefined).map((one) => [one.dataset, one]));
  const facts: DatasetFacts[] = [...catalogue];
  for (const selection of own.values()) facts.push(await countedFacts(selection, dataRoot, signal));
  return facts;
}

/** Facts by the images that are there; what is held out to test on is counted as it will be, but for rounding in each class. */
async function countedFacts(
  selection: DatasetSelection,
  dataRoot: string | undefined,
  signal: AbortSignal | undefined,
): Promise<DatasetFacts> {
  const entry = datasetEntry(selection);
  const source = await (await entry.locate(dataRoot, signal)).open(signal);
  try {
    const images = (key: SplitKey) => countByClass(source, key).reduce((sum, count) => sum + count, 0);
    const { name, title, channels, imageSize } = entry;
    const facts = { name, title, channels, imageSize, classes: source.classes.length };
    const validationImages = images('validation');
    const divisible = images('train') + images('undivided');
    const testImages = images('test') || Math.round(selection.testFraction * divisible);
    const trainingImages = images('test') > 0 ? divisible : divisible - testImages;
    return { ...facts, trainingImages, testImages, ...(validationImages > 0 && { validationImages }) };
  } finally {
    await source.close();
  }
}

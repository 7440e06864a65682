import { catalogueEntry } from '../../../datasets/catalogue/index.ts';
import { prepareDataset } from '../../../datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../../datasets/selection.ts';
import type { DatasetEntry, DatasetSource, ReadOptions } from '../../../datasets/source.ts';

// Prepares a dataset in small shards and tells the image that it begins with; stops for ever before the image `stopAt`.
const [name, dataRoot, directory, stopAt] = process.argv.slice(2) as [string, string, string, string];

function stopping(source: DatasetSource): DatasetSource {
  return {
    ...source,
    async *read(options?: ReadOptions) {
      process.stdout.write(`from ${options?.from ?? 0}\n`);
      for await (const image of source.read(options)) {
        if (image.index >= Number(stopAt)) {
          process.stdout.write('stopped\n');
          await new Promise((resolve) => setTimeout(resolve, 3_600_000));
        }
        yield image;
      }
    },
  };
}

const entry = catalogueEntry(name);
const stoppingEntry: DatasetEntry = {
  ...entry,
  locate: async (...options) => {
    const location = await entry.locate(...options);
    return { ...location, open: async (signal) => stopping(await location.open(signal)) };
  },
};
const selection = datasetSelectionSchema.parse({ dataset: name, allowIncomplete: true, imageSize: 32 });
const prepared = await prepareDataset(selection, {
  seed: 0,
  directory,
  dataRoot,
  entry: stoppingEntry,
  shardBytes: 10_000,
});
process.stdout.write(`digest ${prepared.manifest.digest}\n`);

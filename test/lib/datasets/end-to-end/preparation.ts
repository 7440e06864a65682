import { datasetEntry } from '../../../../lib/datasets/dataset-entry.ts';
import { prepareDataset } from '../../../../lib/datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../../../lib/datasets/selection.ts';
import type { DatasetEntry, DatasetSource, ReadOptions } from '../../../../lib/datasets/source.ts';

/** A dataset that is to be prepared. */
export interface Preparation {
  /** Fields of the selection. */
  fields: { dataset: string };
  dataRoot: string;
  directory: string;
}

export interface Stop {
  /** Share of the images after which it stops. */
  share: number;
  /** Called when it does. */
  onStop: () => void;
  /** Resolves when it may go on; it never does by default. */
  goesOn?: () => Promise<void>;
}

/** Prepares a dataset in small shards; returns its digest, and the images of the source that it began with, one each time it read. */
export async function prepareSmall(
  { fields, dataRoot, directory }: Preparation,
  stop?: Stop,
): Promise<{ digest: string; from: number[] }> {
  const selection = datasetSelectionSchema.parse({
    ...{ allowIncomplete: true, imageSize: 32, validationFraction: 0.5 },
    ...fields,
  });
  const entry = datasetEntry(selection);
  const from: number[] = [];
  const observed = (source: DatasetSource): DatasetSource => ({
    ...source,
    async *read(options?: ReadOptions) {
      from.push(options?.from ?? 0);
      let last = stop === undefined ? Infinity : Math.floor(stop.share * source.images.ids.length);
      for await (const image of source.read(options)) {
        if (image.index >= last) {
          stop?.onStop();
          await (stop?.goesOn?.() ?? new Promise((resolve) => setTimeout(resolve, 3_600_000)));
          last = Infinity;
        }
        yield image;
      }
    },
  });
  const observedEntry: DatasetEntry = {
    ...entry,
    locate: async (...options) => {
      const location = await entry.locate(...options);
      return { ...location, open: async (signal) => observed(await location.open(signal)) };
    },
  };
  const { manifest } = await prepareDataset(selection, {
    ...{ seed: 0, directory, dataRoot, entry: observedEntry, shardBytes: 10_000 },
  });
  return { digest: manifest.digest, from };
}

import { contentHash } from '../core/canonical-json.ts';
import { datasetFacts } from '../datasets/dataset-facts.ts';
import { expectedSize } from '../datasets/expected-size.ts';
import type { DatasetManifest } from '../datasets/manifest.ts';
import { selectionLabel } from '../datasets/selection-label.ts';
import type { DatasetFacts, DatasetSelection } from '../datasets/selection.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { readDatasetDocument } from '../study/documents/dataset-document.ts';
import type { DatasetProvider, LocalDataset } from './local-datasets.ts';

/**
 * Datasets that need not be downloaded: they have the sizes given in the catalogue, but no pixels. The user's own datasets must exist
 * because their files are counted.
 */
export class SimulatedDatasets implements DatasetProvider {
  readonly #store: ArtifactStore;
  readonly #dataRoot: string | undefined;
  /** By digest. */
  readonly #known = new Map<string, Promise<LocalDataset>>();

  constructor(store: ArtifactStore, dataRoot?: string) {
    this.#store = store;
    this.#dataRoot = dataRoot;
  }

  async prepare(selection: DatasetSelection, seed: number): Promise<LocalDataset> {
    const known = await datasetFacts([selection], this.#dataRoot);
    const facts = known.find(({ name }) => name === selection.dataset)!;
    const manifest = simulatedManifest(selection, facts, seed);
    return { directory: manifest.digest, manifest };
  }

  /** Opens the dataset that a run was planned for, by its digest. */
  open(digest: string): Promise<LocalDataset> {
    let known = this.#known.get(digest);
    if (known === undefined) {
      known = readDatasetDocument(this.#store, digest).then(({ manifest }) => ({ directory: digest, manifest }));
      this.#known.set(digest, known);
      known.catch(() => this.#known.delete(digest));
    }
    return known;
  }

  async use<Result>(digest: string, work: (dataset: LocalDataset) => Promise<Result>): Promise<Result> {
    return work(await this.open(digest));
  }

  findDamage(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

/** Returns the manifest that a selection would have, without shards; no real data can have its digest. */
function simulatedManifest(selection: DatasetSelection, facts: DatasetFacts, seed: number): DatasetManifest {
  const { train, validation, test, classes: count, imageSize, channels } = expectedSize(selection, facts);
  const classes = Array.from({ length: count }, (_, label) =>
    Array.isArray(selection.classes) ? selection.classes[label]! : `class ${label}`,
  );
  const split = (images: number) => ({
    images,
    byClass: classes.map((_, label) => Math.floor((images + label) / count)),
    positions: { file: 'simulated.bin', bytes: 0, sha256: contentHash('simulated') },
  });
  const digest = contentHash({ simulated: { ...selection, protocol: undefined }, seed });
  return {
    format: 2,
    label: selectionLabel(selection),
    digest,
    dataset: facts.name,
    source: { form: 'simulated', version: 'simulated' },
    incomplete: [],
    leftOut: [],
    skipped: [],
    imageSize,
    fit: selection.fit,
    channels,
    classes,
    seed,
    splits: { train: split(train), validation: split(validation), test: split(test) },
    normalization: { mean: Array<number>(channels).fill(0.5), std: Array<number>(channels).fill(0.25) },
    pca: {
      eigenvalues: Array<number>(channels).fill(0),
      eigenvectors: Array.from({ length: channels }, () => Array<number>(channels).fill(0)),
    },
    leakage: { duplicates: [], groups: null },
    parent: { directory: '.', digest, trainingDigest: digest, labels: Array.from(classes.keys()) },
  };
}

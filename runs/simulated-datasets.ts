import { contentHash } from '../core/canonical-json.ts';
import { ArtifactError } from '../core/errors.ts';
import { catalogue } from '../datasets/catalogue/index.ts';
import type { DatasetManifest } from '../datasets/manifest.ts';
import { selectionLabel } from '../datasets/selection-label.ts';
import type { DatasetSelection } from '../datasets/selection.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { readDatasetDocument } from '../store/dataset-document.ts';
import type { DatasetProvider, LocalDataset } from './local-datasets.ts';

/** Datasets that nobody needs to have: of the sizes that the catalogue knows, and without pixels. */
export class SimulatedDatasets implements DatasetProvider {
  readonly #store: ArtifactStore;
  /** By digest. */
  readonly #known = new Map<string, Promise<LocalDataset>>();

  constructor(store: ArtifactStore) {
    this.#store = store;
  }

  prepare(selection: DatasetSelection, seed: number): Promise<LocalDataset> {
    const manifest = simulatedManifest(selection, seed);
    return Promise.resolve({ directory: manifest.digest, manifest });
  }

  open(digest: string): Promise<LocalDataset> {
    let known = this.#known.get(digest);
    if (known === undefined) {
      known = readDatasetDocument(this.#store, digest).then(({ manifest }) => ({ directory: digest, manifest }));
      this.#known.set(digest, known);
      known.catch(() => this.#known.delete(digest));
    }
    return known;
  }

  forget(digest: string): void {
    this.#known.delete(digest);
  }
}

/** The manifest of a selection as it would be, without shards; its digest is none that data could have. */
function simulatedManifest(selection: DatasetSelection, seed: number): DatasetManifest {
  const facts = catalogue.find(({ name }) => name === selection.dataset);
  if (facts === undefined)
    throw new ArtifactError('The dataset cannot be simulated', [`nothing is known of ${selection.dataset}`]);
  const { channels } = facts;
  const countOf = (names: DatasetSelection['classes']) =>
    (Array.isArray(names) ? names.length : names) ?? facts.classes;
  const classes = Array.from({ length: countOf(selection.classes) }, (_, label) =>
    Array.isArray(selection.classes) ? selection.classes[label]! : `class ${label}`,
  );
  const available = (images: number, kept: number) => Math.round((images * kept) / facts.classes);
  const trainable = available(facts.trainingImages, countOf((selection.controlFor ?? selection).classes));
  const heldOut = Math.round(selection.validationFraction * trainable);
  const split = (images: number, most = Infinity) => {
    const count = Math.min(images, most);
    const byClass = classes.map((_, label) => Math.floor((count + label) / classes.length));
    return { images: count, byClass, positions: { file: 'simulated.bin', bytes: 0, sha256: contentHash('simulated') } };
  };
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
    imageSize: selection.imageSize ?? facts.imageSize,
    fit: selection.fit,
    channels,
    classes,
    seed,
    splits: {
      train: split(trainable - heldOut, selection.trainingImages),
      validation: split(heldOut, selection.validationImages),
      test: split(available(facts.testImages, classes.length), selection.testImages),
    },
    normalization: { mean: Array<number>(channels).fill(0.5), std: Array<number>(channels).fill(0.25) },
    pca: {
      eigenvalues: Array<number>(channels).fill(0),
      eigenvectors: Array.from({ length: channels }, () => Array<number>(channels).fill(0)),
    },
    leakage: { duplicates: [], groups: null },
    parent: { directory: '.', digest, trainingDigest: digest, labels: Array.from(classes.keys()) },
  };
}

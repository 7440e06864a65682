import { isDeepStrictEqual } from 'node:util';
import { setImmediate as turn } from 'node:timers/promises';
import { OperationalError } from '../../core/errors.ts';
import type { DatasetManifest } from '../../datasets/manifest.ts';
import type { DatasetSelection } from '../../datasets/selection.ts';
import { repetitions } from '../../design-space/population.ts';
import { isAnyNet, serializeNetworks, type StudyNetwork } from '../../design-space/study-network.ts';
import { SimulatedDatasets } from '../../runs/simulated-datasets.ts';
import type { ArtifactStore } from '../../store/artifact-store.ts';
import { selectionOf, type StudyConfig } from '../../study/config.ts';
import { readDatasetDocument } from '../../study/documents/dataset-document.ts';
import { studyArtifacts, StudyDocuments } from '../../study/documents/study-documents.ts';
import { networksOf } from '../../study/networks.ts';
import { datasetLabels } from '../../study/plan.ts';
import { newCheck, type Check } from './check.ts';

/** The basis of a study's plan, derived from its config. */
export interface Design {
  population: readonly StudyNetwork[];
  /** By label: manifests of the datasets whose documents can be read. */
  manifests: ReadonlyMap<string, DatasetManifest>;
}

/** Draws the architectures of a study again, and compares the documents of its datasets with the selections of its config. */
export async function checkDesign(
  store: ArtifactStore,
  studyId: string,
  config: StudyConfig,
  signal?: AbortSignal,
): Promise<{ design: Design; checks: Check[] }> {
  const architectures = newCheck('architectures', '');
  const population = await checkPopulation(store, studyId, config, architectures, signal);
  const datasets = newCheck('datasets', 'each document is of the images that the config selects');
  const manifests = new Map<string, DatasetManifest>();
  for (const label of datasetLabels(config)) {
    signal?.throwIfAborted();
    const manifest = await checkDataset(store, studyId, config, label, datasets);
    if (manifest !== undefined) manifests.set(label, manifest);
  }
  return { design: { population, manifests }, checks: [architectures, datasets] };
}

async function checkPopulation(
  store: ArtifactStore,
  studyId: string,
  config: StudyConfig,
  check: Check,
  signal?: AbortSignal,
): Promise<readonly StudyNetwork[]> {
  const name = studyArtifacts(studyId).architectures;
  const documents = new StudyDocuments(store, studyId);
  let stored: StudyNetwork[] | undefined;
  try {
    stored = await documents.architectures();
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    check.problems.push(error.message);
  }
  const { population } = config;
  const architectures = await networksOf(config, {
    onProgress: async () => {
      signal?.throwIfAborted();
      await turn();
    },
  });
  if (architectures === undefined) {
    check.shown = `${stored?.length ?? 0} from a file, all different`;
    check.unproved.push(
      `that the architectures are those of ${population.source === 'file' ? population.path : ''}, the file that the config names`,
    );
    check.problems.push(...repetitions((stored ?? []).filter(isAnyNet)));
    return stored ?? [];
  }
  const origin = population.source === 'list' ? 'the config lists' : 'the seed draws';
  check.shown = `the ${architectures.length} that ${origin}${population.source === 'list' ? '' : ' from the design space'}`;
  if (stored === undefined) return architectures;
  if (stored.length !== architectures.length)
    check.problems.push(
      `${name} must have the ${architectures.length} architectures of the config, got ${stored.length}`,
    );
  for (const [index, drawn] of architectures.entries()) {
    const own = stored[index];
    if (own !== undefined && !(own.name === drawn.name && isDeepStrictEqual(own.architecture, drawn.architecture)))
      check.problems.push(`${name}: ${own.name} at position ${index} is not what ${origin} as ${drawn.name}`);
  }
  if (
    check.problems.length === 0 &&
    !(await documents.architecturesFile()).equals(Buffer.from(serializeNetworks(architectures)))
  )
    check.problems.push(`${name}: a number of a network, or how the file is written, differs from what ${origin}`);
  return architectures;
}

/** Fields of a selection that identify its data; others, such as numbers of images, may differ and select the same. */
const defining = [
  'dataset',
  'source',
  'classes',
  'classDraw',
  'nestedClasses',
  'controlFor',
  'imageSize',
  'fit',
] as const;
/** Fields that do not change the data. */
const irrelevant = ['label', 'protocol', 'unreadableShare', 'allowIncomplete'];

async function checkDataset(
  store: ArtifactStore,
  studyId: string,
  config: StudyConfig,
  label: string,
  check: Check,
): Promise<DatasetManifest | undefined> {
  try {
    const digest = await new StudyDocuments(store, studyId).findDatasetDigest(label);
    if (digest === undefined) {
      check.problems.push(`${label}: ${studyArtifacts(studyId).dataset(label)} is missing: it was not prepared`);
      return undefined;
    }
    const document = await readDatasetDocument(store, digest);
    const { selection, seed, manifest } = document;
    const asked = selectionOf(config, label);
    const shown = (value: unknown) => JSON.stringify(value) ?? 'absent';
    for (const field of defining)
      if (!isDeepStrictEqual(selection[field], asked[field]))
        check.problems.push(
          `${label}: its document is of ${field} ${shown(selection[field])}, the config selects ${shown(asked[field])}`,
        );
    const others = differences(selection, asked).filter((field) => !(defining as readonly string[]).includes(field));
    if (seed !== config.seeds.data) others.push('seed');
    if (others.length > 0)
      check.unproved.push(
        `that ${label} is the data that the config selects: it was first prepared for a selection with another ${others.join(' and ')}`,
      );
    check.problems.push(...manifestProblems(manifest, asked).map((problem) => `${label}: ${problem}`));
    if ((manifest.source.form === 'simulated') !== (config.rehearsal !== undefined))
      check.problems.push(
        `${label}: its document is of ${manifest.source.form === 'simulated' ? 'simulated' : 'real'} data, the config is of ${config.rehearsal === undefined ? 'a study' : 'a rehearsal'}`,
      );
    else if (config.rehearsal !== undefined && asked.source === undefined && others.length === 0) {
      const simulated = await new SimulatedDatasets(store).prepare(asked, config.seeds.data);
      if (!isDeepStrictEqual({ ...simulated.manifest, label }, { ...manifest, label }))
        check.problems.push(`${label}: its document is not what the rehearsal simulates`);
    }
    return manifest;
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    check.problems.push(error.message);
    return undefined;
  }
}

const differences = (a: DatasetSelection, b: DatasetSelection) =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (field) =>
      !irrelevant.includes(field) &&
      !isDeepStrictEqual((a as Record<string, unknown>)[field], (b as Record<string, unknown>)[field]),
  );

/** Returns contradictions of a manifest to itself or to its selection. */
function manifestProblems({ dataset, classes, splits, imageSize }: DatasetManifest, asked: DatasetSelection): string[] {
  const problems: string[] = [];
  const expect = (what: string, expected: unknown, found: unknown) => {
    if (expected !== undefined && !isDeepStrictEqual(expected, found))
      problems.push(`${what} must be ${JSON.stringify(expected)}, got ${JSON.stringify(found)}`);
  };
  expect('manifest.dataset', asked.dataset, dataset);
  expect('manifest.imageSize', asked.imageSize, imageSize);
  expect(
    'the number of manifest.classes',
    Array.isArray(asked.classes) ? asked.classes.length : asked.classes,
    classes.length,
  );
  for (const [split, { images, byClass }] of Object.entries(splits)) {
    expect(
      `manifest.splits.${split}.byClass in total`,
      images,
      byClass.reduce((sum, count) => sum + count, 0),
    );
    expect(`the number of manifest.splits.${split}.byClass`, classes.length, byClass.length);
  }
  expect('manifest.splits.train.images at most', true, splits.train.images <= (asked.trainingImages ?? Infinity));
  return problems;
}

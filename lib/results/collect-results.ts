import { isDeepStrictEqual } from 'node:util';
import { ArtifactError } from '../core/errors.ts';
import { formatCsv, formatCsvRows } from '../core/files/csv.ts';
import { structureParametersOf } from '../design-space/structure-parameters.ts';
import { isListed } from '../design-space/study-network.ts';
import { requestsAtOnce, type ArtifactStore } from '../store/artifact-store.ts';
import { readRunRecord, type RunRecord } from '../study/documents/run-record.ts';
import { StudyDocuments } from '../study/documents/study-documents.ts';
import { protocolFor, selectionOf } from '../study/config.ts';
import { isCommandEngine, isSettings } from '../study/trainer-config.ts';
import { countedAs, type RunCounts } from '../study/outcome.ts';
import { datasetLabels, trainingSeeds } from '../study/plan.ts';
import type { DatasetSelection } from '../datasets/selection.ts';
import { subsetColumns } from '../datasets/selection-label.ts';
import type { CurveRow } from './curves-table.ts';
import type { ImageOutcomes, RunOutcomes, TestClass } from './image-outcomes.ts';
import { formatResults, type ResultRow } from './results-table.ts';

/** A run of a study, with the facts about its dataset that go into the results table. */
export interface CollectedRun {
  record: RunRecord;
  selection: DatasetSelection;
  /** Number of images that it is trained on; null if not yet known. */
  trainingImages: number | null;
  /** Number of images that its errors are measured on; absent or null if not yet known. */
  testImages?: number | null;
  /** Names these images, as `ImageOutcomes` does. */
  testSet?: string | undefined;
  /** Their classes, by label. */
  testClasses?: readonly TestClass[] | undefined;
  /** Whether this study carried it out, and not another one that shares it. */
  isOwn?: boolean;
  /** The network's numbers in the study's list; absent for an AnyNet. */
  numbers?: Readonly<Record<string, number>> | undefined;
}

/** Finds the record of a run; undefined if it has none yet. */
export type FindRecord = (runKey: string) => Promise<RunRecord | undefined>;

/**
 * Finds records in a store and reads each once: the record of a run that finished or diverged does not change. A run that failed may be
 * retried, so its record is read again.
 */
export function rememberedRecords(store: ArtifactStore): FindRecord {
  const known = new Map<string, RunRecord>();
  return async (runKey) => {
    const record = known.get(runKey) ?? (await readRunRecord(store, runKey));
    if (record !== undefined && record.outcome !== 'failed') known.set(runKey, record);
    return record;
  };
}

/**
 * Returns the runs of a study that have ended so far, in the order of the plan and under their names in this study.
 * @throws ArtifactError if a record is damaged or at the wrong key, or if the plan names a run that the study does not have
 */
export async function collectRuns(
  store: ArtifactStore,
  studyId: string,
  findRecord?: FindRecord,
): Promise<CollectedRun[]> {
  const runs: CollectedRun[] = [];
  for await (const run of endedRuns(store, studyId, findRecord)) runs.push(run);
  return runs;
}

/** Yields them one by one, so that they need not be in memory together. */
async function* endedRuns(
  store: ArtifactStore,
  studyId: string,
  findRecord: FindRecord = (runKey) => readRunRecord(store, runKey),
): AsyncGenerator<CollectedRun> {
  const documents = new StudyDocuments(store, studyId);
  const config = await documents.config();
  const labels = datasetLabels(config);
  const planned = await Promise.all(labels.map((dataset) => documents.plan(dataset)));
  const population = planned.some((plan) => plan.length > 0) ? await documents.architectures() : [];
  const networks = new Map(population.map((network) => [network.name, network]));
  const seeds = new Set(trainingSeeds(config));
  for (const [index, dataset] of labels.entries()) {
    const plan = planned[index]!;
    const selection = selectionOf(config, dataset);
    const protocol = protocolFor(config, selection);
    const isPrepared = (await documents.findDatasetDigest(dataset)) !== undefined;
    const manifest = isPrepared ? await documents.dataset(dataset) : undefined;
    const trainingImages = manifest?.splits.train.images ?? null;
    const testImages = manifest?.splits.test.images ?? null;
    const testClasses = manifest?.classes.map((name, label) => ({
      name,
      images: manifest.splits.test.byClass[label]!,
    }));
    const testSet = manifest && `${manifest.parent.digest}/${manifest.splits.test.positions.sha256}`;
    for (let start = 0; start < plan.length; start += requestsAtOnce) {
      const part = plan.slice(start, start + requestsAtOnce);
      const records = await Promise.all(part.map(({ runKey }) => findRecord(runKey)));
      for (const [position, record] of records.entries()) {
        if (record === undefined) continue;
        const { architectureName } = part[position]!;
        const network = networks.get(architectureName);
        const asPlanned = { architecture: network?.architecture, datasetDigest: manifest?.digest, protocol };
        const { architecture: own, datasetDigest, protocol: ownProtocol } = record;
        const asRecorded = { architecture: own, datasetDigest, protocol: ownProtocol };
        if (!seeds.has(record.seed) || !isDeepStrictEqual(asPlanned, asRecorded))
          throw new ArtifactError(`The plan of ${studyId} on ${dataset} is damaged`, [
            `run ${record.runKey} is not ${architectureName} on ${dataset}: its record tells of another architecture, dataset, protocol or seed`,
          ]);
        // A run may have been recorded by another study, under other names.
        yield {
          record: { ...record, studyId, dataset, architectureName },
          isOwn: record.studyId === studyId,
          ...{ selection, trainingImages, testImages, testSet, testClasses, numbers: network?.numbers },
        };
      }
    }
  }
}

/** The tables of a study as CSV, and the test images that its runs classified wrongly, from the records of its runs. */
export interface StudyTables {
  runs: number;
  /** How the runs count, by the label of their dataset. */
  counts: Record<string, RunCounts>;
  results: string;
  curves: string;
  /** For the datasets on which a run has kept its predictions. */
  outcomes: ImageOutcomes[];
}

/** Computes the tables of a study from the records of the runs that have ended so far; like `collectRuns`. */
export async function studyTables(
  store: ArtifactStore,
  studyId: string,
  { signal, findRecord }: { signal?: AbortSignal | undefined; findRecord?: FindRecord | undefined } = {},
): Promise<StudyTables> {
  const counts: Record<string, RunCounts> = {};
  const rows: ((columns: SharedColumns) => ResultRow)[] = [];
  let columns: SharedColumns = { stages: 0, predictions: false };
  const outcomes = new Map<string, ImageOutcomes & { runs: RunOutcomes[] }>();
  const curves = [formatCurves([])];
  let pending: CollectedRun[] = [];
  const flush = () => {
    curves.push(formatCsvRows(curveCells(pending)));
    pending = [];
  };
  for await (const run of endedRuns(store, studyId, findRecord)) {
    signal?.throwIfAborted();
    const { dataset, outcome } = run.record;
    counts[dataset] ??= { finished: 0, reused: 0, diverged: 0, failed: 0 };
    // A study that has ended has no run left to be tried: a failure that another study recorded last is one here, too.
    counts[dataset][countedAs(outcome, run.isOwn === true) ?? 'failed']++;
    columns = withColumnsOf(columns, run);
    addOutcomes(outcomes, run);
    // Curve and image outcomes, the largest parts of a record, are dropped.
    const { predictions } = run.record;
    const record = {
      ...{ ...run.record, curve: [] },
      ...(predictions && { predictions: { ...predictions, wrong: '', wrongByClass: [] } }),
    };
    rows.push((shared) => rowOf({ ...run, record }, shared));
    if (pending.push(run) === runsAtATime) flush();
  }
  flush();
  const results = formatResults(rows.map((row) => row(columns)));
  return { runs: rows.length, counts, results, curves: curves.join(''), outcomes: [...outcomes.values()] };
}

/** Number of runs whose curves are converted to text at a time. */
const runsAtATime = 1000;

/** Returns the number of classes of the subset whose size a control matches; null if the selection is not a control. */
function controlledClasses({ controlFor }: DatasetSelection): number | null {
  if (controlFor === undefined) return null;
  return Array.isArray(controlFor.classes) ? controlFor.classes.length : controlFor.classes;
}

/** Number of stages of an AnyNet; 0 for a network of a list, whose stages are unknown. */
const stagesOf = ({ record: { architecture } }: CollectedRun) =>
  isListed(architecture) ? 0 : architecture.depths.length;

/** Adds the test images that a run classified wrongly to the outcomes of its dataset, if it has kept its predictions. */
function addOutcomes(
  outcomes: Map<string, ImageOutcomes & { runs: RunOutcomes[] }>,
  { record: { dataset, architectureName, seed, test, predictions }, testSet, testClasses }: CollectedRun,
): void {
  if (predictions === undefined || test === null || testSet === undefined) return;
  const { wrongByClass } = predictions;
  const of = outcomes.get(dataset) ?? { dataset, testSet, images: test.images, classes: testClasses, runs: [] };
  outcomes.set(dataset, of);
  const wrong = new Uint8Array(Buffer.from(predictions.wrong, 'base64'));
  of.runs.push({ architecture: architectureName, seed, wrong, wrongByClass });
}

/** Returns which test images the runs of a study classified wrongly, for the datasets on which a run has kept its predictions. */
export function outcomesOfRuns(runs: readonly CollectedRun[]): ImageOutcomes[] {
  const outcomes = new Map<string, ImageOutcomes & { runs: RunOutcomes[] }>();
  for (const run of runs) addOutcomes(outcomes, run);
  return [...outcomes.values()];
}

/** Facts that decide which columns the rows of a table have. */
interface SharedColumns {
  /** The largest number of stages of any network. */
  stages: number;
  /** Whether any run has kept its predictions. */
  predictions: boolean;
}

const withColumnsOf = ({ stages, predictions }: SharedColumns, run: CollectedRun): SharedColumns => ({
  stages: Math.max(stages, stagesOf(run)),
  predictions: predictions || run.record.predictions !== undefined,
});

/** The results table of a study, one row per run, all with the same columns. */
export function rowsOfRuns(runs: readonly CollectedRun[]): ResultRow[] {
  const columns = runs.reduce(withColumnsOf, { stages: 0, predictions: false });
  return runs.map((run) => rowOf(run, columns));
}

function rowOf(run: CollectedRun, columns: SharedColumns): ResultRow {
  const { record, selection, trainingImages, testImages = null, numbers } = run;
  const { architecture, protocol, versions } = record;
  const software = softwareOf(record);
  return {
    architecture: record.architectureName,
    dataset: record.dataset,
    seed: record.seed,
    top1Error: record.test?.top1Error ?? null,
    top5Error: record.test?.top5Error ?? null,
    testLoss: record.test?.loss ?? null,
    ...(columns.predictions && {
      balancedError: record.predictions?.balancedError ?? null,
      macroF1: record.predictions?.macroF1 ?? null,
      auc: record.predictions?.auc ?? null,
    }),
    validationTop1Error: record.validation?.top1Error ?? null,
    outcome: record.outcome,
    failureCategory: record.failure?.category ?? null,
    failure: record.failure?.message ?? null,
    ...subsetColumns(selection),
    control: controlledClasses(selection),
    imagesPerEpoch: trainingImages,
    testImages,
    epochs: isSettings(protocol) ? null : protocol.epochs,
    trainingSeconds: record.timings.trainingSeconds,
    ...record.complexity,
    ...(isListed(architecture) ? numbers : structureParametersOf(architecture, columns.stages)),
    runKey: record.runKey,
    engine: versions['engine'] ?? null,
    tensorflow: versions['tensorflow'] ?? null,
    node: versions['node'] ?? null,
    device: versions['device'] ?? null,
    ...(software === '' ? {} : { versions: software }),
  };
}

/** Versions that have columns of their own. */
const ownColumns = ['engine', 'tensorflow', 'node', 'device'];

/** Returns the versions that a command trainer reports, e.g. `python 3.12.3, torch 2.15.0`; empty if there are none. */
const softwareOf = ({ versions }: RunRecord): string =>
  Object.entries(isCommandEngine(versions['engine'] ?? '') ? versions : {})
    .filter(([name]) => !ownColumns.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');

/** The curves of runs, one row per epoch of each. */
export const curvesOfRuns = (runs: readonly CollectedRun[]): CurveRow[] =>
  runs.flatMap(({ record: { architectureName: architecture, dataset, seed, curve } }) =>
    curve.map(({ epoch, validationTop1Error }) => ({ architecture, dataset, seed, epoch, validationTop1Error })),
  );

/** The curves of a study as CSV, one row per epoch of each run. */
export function formatCurves(runs: readonly CollectedRun[]): string {
  return formatCsv(
    [
      ...['architecture', 'dataset', 'seed', 'epoch', 'learningRate'],
      ...['trainingLoss', 'validationLoss', 'validationTop1Error'],
    ],
    curveCells(runs),
  );
}

const curveCells = (runs: readonly CollectedRun[]) =>
  runs.flatMap(({ record: { architectureName, dataset, seed, curve } }) =>
    curve.map(({ epoch, learningRate, trainingLoss, validationLoss, validationTop1Error }) => [
      ...[architectureName, dataset, seed, epoch, learningRate],
      ...[trainingLoss, validationLoss, validationTop1Error],
    ]),
  );

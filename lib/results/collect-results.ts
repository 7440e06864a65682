import { concurrently } from '../core/concurrently.ts';
import { formatCsv } from '../core/files/csv.ts';
import { structureParametersOf } from '../design-space/structure-parameters.ts';
import { requestsAtOnce, type ArtifactStore } from '../store/artifact-store.ts';
import { readRunRecord, type RunRecord } from '../study/documents/run-record.ts';
import { StudyDocuments } from '../study/documents/study-documents.ts';
import { selectionOf } from '../study/config.ts';
import { datasetLabels } from '../study/plan.ts';
import type { DatasetSelection } from '../datasets/selection.ts';
import { subsetColumns } from '../datasets/selection-label.ts';
import type { ResultRow } from './results-table.ts';

/** A run of a study, with the facts about its dataset that go into the results table. */
export interface CollectedRun {
  record: RunRecord;
  selection: DatasetSelection;
  /** Number of images that it is trained on; null if not yet known. */
  trainingImages: number | null;
}

/** The runs of a study that have ended so far, in the order of the plan, under the names that they have in this study. */
export async function collectRuns(store: ArtifactStore, studyId: string): Promise<CollectedRun[]> {
  const documents = new StudyDocuments(store, studyId);
  const config = await documents.config();
  const runs: CollectedRun[] = [];
  for (const dataset of datasetLabels(config)) {
    const selection = selectionOf(config, dataset);
    const isPrepared = (await documents.findDatasetDigest(dataset)) !== undefined;
    const trainingImages = isPrepared ? (await documents.dataset(dataset)).splits.train.images : null;
    const collected = await concurrently(await documents.plan(dataset), requestsAtOnce, async (planned) => {
      const record = await readRunRecord(store, planned.runKey);
      const { architectureName } = planned;
      // A run may have been recorded by another study, under other names.
      return record && { record: { ...record, studyId, dataset, architectureName }, selection, trainingImages };
    });
    runs.push(...collected.filter((run) => run !== undefined));
  }
  return runs;
}

/** Number of classes of the subset whose size a control matches; null if the selection is not a control. */
function controlledClasses({ controlFor }: DatasetSelection): number | null {
  if (controlFor === undefined) return null;
  return Array.isArray(controlFor.classes) ? controlFor.classes.length : controlFor.classes;
}

/** The results table of a study, one row per run. All rows have the columns of the networks with the most stages. */
export function rowsOfRuns(runs: readonly CollectedRun[]): ResultRow[] {
  const stages = runs.reduce((most, { record }) => Math.max(most, record.architecture.depths.length), 0);
  return runs.map(({ record, selection, trainingImages }) => ({
    architecture: record.architectureName,
    dataset: record.dataset,
    seed: record.seed,
    top1Error: record.test?.top1Error ?? null,
    top5Error: record.test?.top5Error ?? null,
    testLoss: record.test?.loss ?? null,
    validationTop1Error: record.validation?.top1Error ?? null,
    outcome: record.outcome,
    failureCategory: record.failure?.category ?? null,
    failure: record.failure?.message ?? null,
    ...subsetColumns(selection),
    control: controlledClasses(selection),
    imagesPerEpoch: trainingImages,
    epochs: record.protocol.epochs,
    trainingSeconds: record.timings.trainingSeconds,
    ...record.complexity,
    ...structureParametersOf(record.architecture, stages),
    runKey: record.runKey,
    engine: record.versions['engine'] ?? null,
    tensorflow: record.versions['tensorflow'] ?? null,
    node: record.versions['node'] ?? null,
    device: record.versions['device'] ?? null,
  }));
}

/** The curves of a study as CSV, one row per epoch of each run. */
export function formatCurves(runs: readonly CollectedRun[]): string {
  return formatCsv(
    [
      ...['architecture', 'dataset', 'seed', 'epoch', 'learningRate'],
      ...['trainingLoss', 'validationLoss', 'validationTop1Error'],
    ],
    runs.flatMap(({ record: { architectureName, dataset, seed, curve } }) =>
      curve.map(({ epoch, learningRate, trainingLoss, validationLoss, validationTop1Error }) => [
        ...[architectureName, dataset, seed, epoch, learningRate],
        ...[trainingLoss, validationLoss, validationTop1Error],
      ]),
    ),
  );
}

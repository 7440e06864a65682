import { isDeepStrictEqual } from 'node:util';
import { ArtifactError } from '../../core/errors.ts';
import type { DatasetManifest } from '../../datasets/manifest.ts';
import { predictionProblems } from '../../predictions/check-predictions.ts';
import { top1Errors, top5Errors } from '../../predictions/predictions.ts';
import { readPredictions } from '../../predictions/read-predictions.ts';
import { summaryOf, type PredictionsSummary } from '../../predictions/summary.ts';
import { metrics, type MetricName } from '../../results/metric.ts';
import { requestsAtOnce, type ArtifactStore } from '../../store/artifact-store.ts';
import { runArtifacts } from '../../study/documents/run-document.ts';
import { readRunRecord, type RunRecord } from '../../study/documents/run-record.ts';
import { newCheck, type Check } from './check.ts';
import type { RecordedRun } from './runs.ts';

/**
 * Recomputes all that a record says about a run's test from the stored predictions: errors, metrics, wrong images. Records whose
 * predictions are missing are reported as unproved; records of runs that kept none are skipped.
 * @param manifests manifests by label
 * @param options.metric metric whose errors must follow from the predictions of every finished run; other runs are reported as unproved
 */
export async function checkPredictions(
  store: ArtifactStore,
  recorded: readonly RecordedRun[],
  manifests: ReadonlyMap<string, DatasetManifest>,
  { metric, signal }: { metric?: MetricName | undefined; signal?: AbortSignal | undefined } = {},
): Promise<Check> {
  const check = newCheck(metric === undefined ? 'predictions' : predictionsOfAll, '');
  let [found, absent] = [0, 0];
  for (let start = 0; start < recorded.length; start += requestsAtOnce) {
    signal?.throwIfAborted();
    const part = recorded.slice(start, start + requestsAtOnce);
    const read = await Promise.all(
      part.map(async ({ runKey }) => ({
        record: await readRunRecord(store, runKey).catch(readElsewhere),
        bytes: await store.get(runArtifacts(runKey).predictions),
      })),
    );
    for (const [index, { record, bytes }] of read.entries()) {
      const { runKey, dataset, architectureName } = part[index]!;
      const called = `${architectureName} on ${dataset}`;
      const manifest = manifests.get(dataset);
      if (record === undefined || manifest === undefined) continue;
      const unknown = metric && record.outcome === 'finished' && whyUnknown(metric, record, bytes !== undefined);
      if (unknown) check.unproved.push(`${metrics[metric].title} of ${called}, seed ${record.seed}: ${unknown}`);
      if (record.predictions === undefined) {
        // A run that failed after its training may have left them.
        if (bytes !== undefined && record.outcome === 'finished')
          check.problems.push(`${called}: ${runArtifacts(runKey).predictions} is there, and the record names none`);
        continue;
      }
      if (bytes === undefined) absent++;
      else {
        found++;
        const problems = await contradictions(bytes, record, record.predictions, manifest);
        check.problems.push(...problems.map((problem) => `${called}, seed ${record.seed}: ${problem}`));
      }
    }
  }
  if (found > 0) check.shown = `errors and metrics of ${found} runs follow from their predictions for each test image`;
  if (absent > 0 && metric === undefined)
    check.unproved.push(`errors and metrics of ${absent} runs by their predictions, which are not among the files`);
  return check;
}

/** Subject of the check if the errors of a metric must follow from the predictions of every run. */
export const predictionsOfAll = 'predictions of all runs';

/** Returns why the errors of a run by a metric do not follow from its predictions; undefined if they do. */
function whyUnknown(metric: MetricName, { predictions, test }: RunRecord, isThere: boolean): string | undefined {
  if (predictions === undefined) return 'its predictions were not kept';
  if (!isThere) return 'its predictions are not among the files';
  if (metric === 'auc' && predictions.auc === null) return 'there are not two classes';
  return metric === 'top5' && test?.top5Error === null ? 'there are five classes or fewer' : undefined;
}

/** A record that cannot be read is reported where records are checked. */
function readElsewhere(error: unknown): undefined {
  if (!(error instanceof ArtifactError)) throw error;
}

/** Returns the statements of a record that its predictions contradict. */
async function contradictions(
  bytes: Uint8Array,
  { runKey, test }: RunRecord,
  summary: PredictionsSummary,
  { splits, classes }: DatasetManifest,
): Promise<string[]> {
  if (test === null) return ['it has predictions, but no test'];
  try {
    const { images, byClass } = splits.test;
    const predictions = await readPredictions(bytes, runArtifacts(runKey).predictions, images);
    const problems = predictionProblems(predictions, { ...test, images, classes: classes.length, byClass });
    if (problems.length > 0) return problems.map((problem) => `its predictions contradict it: ${problem}`);
    const derived = {
      top1Error: top1Errors(predictions) / images,
      ...(test.top5Error !== null && { top5Error: top5Errors(predictions, classes.length)! / images }),
    };
    const expect = (field: string, value: unknown, stated: unknown) =>
      isDeepStrictEqual(value, stated)
        ? []
        : [`${field} must be ${JSON.stringify(value)} by its predictions, got ${JSON.stringify(stated)}`];
    return [
      ...Object.entries(derived).flatMap(([field, error]) =>
        expect(`test.${field}`, error, test[field as 'top1Error']),
      ),
      ...Object.entries(summaryOf(predictions, classes.length)).flatMap(([field, value]) =>
        expect(`predictions.${field}`, value, summary[field as keyof PredictionsSummary]),
      ),
    ];
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error;
    return [error.message];
  }
}

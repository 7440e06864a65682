import { join } from 'node:path';
import { catalogue } from '../datasets/catalogue/index.ts';
import { prepareDataset } from '../datasets/prepare-dataset.ts';
import type { Architecture } from '../design-space/architecture.ts';
import { architectureComplexity } from '../design-space/complexity.ts';
import { runRecordSchema, type RunRecord } from '../store/run-record.ts';
import { ConfigError, Interrupted } from '../core/errors.ts';
import { parseWith } from '../core/validation.ts';
import { imageProblems, selectionProblems } from '../study/config.ts';
import { datasetSelectionSchema, type DatasetSelection } from '../datasets/selection.ts';
import { applyOverrides } from '../study/overrides.ts';
import { protocolSchema, type TrainingProtocol } from '../training/protocol.ts';
import { runKey } from '../runs/run-key.ts';
import { engineVersion } from '../training/engine-version.ts';
import { runEvaluation, runTraining } from '../training/run.ts';
import { withRunFolder } from '../runs/run-folder.ts';
import { findArchitecture } from './architecture-reference.ts';
import { checkOutputFolder } from './output.ts';
import type { TrainingProgress } from '../training/metrics.ts';

export interface SingleRun {
  architecture: string;
  dataset: string;
  classes?: number;
  trainingImages?: number;
  epochs?: number;
  set: readonly string[];
  seed: number;
  threads: number;
  gpu?: number;
  dataRoot?: string;
  out: string;
  tensorBoard: boolean;
}

const defaultEpochs = 10;

/** The options that a selection's fields come from. */
const datasetOptions: Record<string, string> = {
  dataset: '--dataset',
  classes: '--classes',
  trainingImages: '--training-images',
};

/** What a single run trains, on what and how. */
interface CheckedRun {
  name: string;
  architecture: Architecture;
  selection: DatasetSelection;
  protocol: TrainingProtocol;
}

/**
 * What a single run's options ask for.
 * @throws ConfigError where it cannot be: nothing has been done yet
 */
export async function checkRun({
  dataset,
  classes,
  trainingImages,
  epochs,
  ...options
}: SingleRun): Promise<CheckedRun> {
  const { name, architecture } = await findArchitecture(options.architecture, '--architecture');
  const selection = parseWith(datasetSelectionSchema, { dataset, classes, trainingImages }, 'The dataset is invalid');
  const problems = selectionProblems(selection, 'selection', catalogue);
  if (problems.length > 0)
    throw new ConfigError(
      'The dataset is invalid',
      problems.map((problem) =>
        problem.replace(/^selection\.(\w+)/, (_, field: string) => datasetOptions[field] ?? field),
      ),
    );
  const document = applyOverrides(epochs === undefined ? {} : { epochs }, options.set) as { epochs?: unknown };
  if (epochs !== undefined && document.epochs !== epochs)
    throw new ConfigError('--epochs and --set epochs exclude each other', ['give one of them']);
  document.epochs ??= defaultEpochs;
  const protocol = parseWith(protocolSchema, document, 'The protocol is invalid');
  const unfit = imageProblems(protocol, selection, catalogue, `--dataset ${dataset}`);
  if (unfit.length > 0) throw new ConfigError('The protocol is invalid', unfit);
  await checkOutputFolder('--out', options.out);
  return { name, architecture, selection, protocol };
}

/** Prepares the data, trains and tests one network; returns its record. */
export async function runOnce(
  { name, architecture, selection, protocol }: CheckedRun,
  options: Pick<SingleRun, 'seed' | 'threads' | 'gpu' | 'dataRoot' | 'out' | 'tensorBoard'>,
  onProgress: (progress: TrainingProgress) => void,
): Promise<RunRecord> {
  const { seed, out } = options;
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const { directory, manifest } = await prepareDataset(selection, {
    seed: 0,
    directory: join(out, 'datasets'),
    dataRoot: options.dataRoot,
  });
  const key = runKey({ architecture, datasetDigest: manifest.digest, protocol, seed, engine: engineVersion });
  const abort = new AbortController();
  const interrupt = () =>
    abort.abort(new Interrupted('interrupted: the same command goes on from the last checkpoint'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const task = {
      runKey: key,
      architecture,
      datasetDirectory: directory,
      protocol,
      seed,
      workDirectory: join(out, key),
      device:
        options.gpu === undefined
          ? { kind: 'cpu' as const, threads: options.threads }
          : { kind: 'gpu' as const, index: options.gpu },
      tensorBoard: options.tensorBoard,
    };
    const { signal } = abort;
    const { startedAt, result, evaluation } = await withRunFolder(task.workDirectory, signal, async () => {
      const startedAt = new Date().toISOString();
      const result = await runTraining(task, { signal, onProgress, onLog: log });
      const { weightsFile } = result;
      const evaluation =
        weightsFile === null ? undefined : await runEvaluation(task, weightsFile, { signal, onLog: log });
      return { startedAt, result, evaluation };
    });
    const network = {
      imageSize: protocol.imageSize ?? manifest.imageSize,
      channels: manifest.channels,
      classes: manifest.classes.length,
    };
    return runRecordSchema.parse({
      format: 1,
      runKey: key,
      study: 'train',
      architectureName: name,
      architecture,
      complexity: architectureComplexity(architecture, network),
      dataset: manifest.label,
      datasetDigest: manifest.digest,
      protocol,
      seed,
      versions: result.versions,
      outcome: result.outcome,
      failure: result.failure,
      curve: result.curve,
      validation: evaluation?.validation ?? null,
      test: evaluation?.test ?? null,
      timings: {
        startedAt,
        finishedAt: new Date().toISOString(),
        trainingSeconds: result.trainingSeconds,
        evaluationSeconds: evaluation?.evaluationSeconds ?? 0,
      },
    } satisfies RunRecord);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

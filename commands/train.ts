import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { ConfigError } from '../lib/core/errors.ts';
import { readInputJson } from '../lib/core/files/read-input.ts';
import { parseWith } from '../lib/core/validation.ts';
import { catalogue } from '../lib/datasets/catalogue/index.ts';
import { selectionLabel } from '../lib/datasets/selection-label.ts';
import { datasetSelectionSchema } from '../lib/datasets/selection.ts';
import { ensureNativeParts, ProgressLines } from '../lib/native/index.ts';
import type { SingleRun } from '../lib/runs/single-run.ts';
import { imageProblems, selectionProblems } from '../lib/study/config.ts';
import { applyOverrides } from '../lib/study/overrides.ts';
import type { TrainingProgress } from '../lib/training/metrics.ts';
import { protocolSchema } from '../lib/training/protocol.ts';
import { Interruption } from './interruption.ts';
import { findArchitecture } from './options/architecture-reference.ts';
import { dataRootOption } from './options/data-root-option.ts';
import { collect, nonNegativeInteger, positiveInteger } from './options/option-parsers.ts';
import { runOfStudy } from './options/study-run.ts';
import { checkOutputFolder } from './options/output-paths.ts';
import { print, printJson, say } from './terminal/print.ts';

interface TrainOptions {
  config?: string;
  architecture?: string;
  dataset?: string;
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
  json?: boolean;
  golden?: string;
}

/** `train`: carries out one run in the foreground, without Temporal. */
export function register(program: Command): void {
  const command = program
    .command('train')
    .description(
      'train and test one network in the foreground, without Temporal; after an interruption, the same command continues',
    )
    .option(
      '--config <file>',
      'carry out a run of the study in this file, with its trainer: --architecture names one of its networks (default: the first), --dataset is a label (default: the reference), --set changes the config',
    )
    .option('--architecture <architecture>', 'an architecture: a file, file#name or file#position, or JSON')
    .option(
      '--dataset <dataset>',
      "a dataset of the catalogue, or a selection in JSON as in a study's datasets, e.g. with your own source",
    )
    .option('--classes <n>', 'restrict the dataset to this many classes', positiveInteger)
    .option('--training-images <n>', 'at most this many training images', positiveInteger)
    .option('--epochs <n>', 'number of epochs (default: 10)', positiveInteger)
    .option(
      '--set <a.b=v>',
      'change a field of the training protocol, e.g. optimizer.learningRate=0.05; may be repeated',
      collect,
      [],
    )
    .option('--seed <n>', 'seed of initial weights, batch order and augmentation', nonNegativeInteger, 0)
    .option('--threads <n>', 'CPU threads', positiveInteger, availableParallelism())
    .option('--gpu <index>', 'train on this GPU', nonNegativeInteger)
    .addOption(dataRootOption())
    .option('--out <folder>', 'folder for checkpoints, weights, model, events and the record', '.beyond-imagenet/train')
    .option('--no-tensor-board', 'do not write event files')
    .option('--json', 'print the run record as JSON');
  command.addOption(command.createOption('--golden <file>', 'compare with golden training cases').hideHelp());
  command.action(train);
}

async function train(options: TrainOptions): Promise<void> {
  if (options.golden !== undefined) return compareGolden(options.golden);
  const run = await chosenRun(options);
  const { out, dataRoot, tensorBoard, gpu, threads } = options;
  await checkOutputFolder('--out', out);
  const interruption = new Interruption({
    message: 'Interrupted; the same command continues from the last checkpoint',
  });
  const { signal } = interruption;
  try {
    if (run.trainer === undefined) await setUp(signal);
    const { runOnce } = await import('../lib/runs/single-run.ts');
    const { record, path } = await runOnce(run, {
      ...{ out, dataRoot, tensorBoard, signal },
      device: gpu === undefined ? { kind: 'cpu', threads } : { kind: 'gpu', index: gpu },
      onProgress: showProgress,
      onLog: say,
    });
    if (options.json) printJson(record);
    else {
      const percent = (error: number | null | undefined) => (error == null ? '-' : `${(100 * error).toFixed(2)} %`);
      print(
        record.outcome === 'finished'
          ? `test error: top-1 ${percent(record.test?.top1Error)}, top-5 ${percent(record.test?.top5Error)}; record: ${path}`
          : `diverged: ${record.failure?.message}; record: ${path}`,
      );
    }
  } finally {
    interruption.dispose();
  }
}

/** Returns the run of a study's config, or the one that the options describe. */
async function chosenRun(options: TrainOptions): Promise<SingleRun> {
  const { config, architecture, dataset, set, seed, classes, trainingImages, epochs } = options;
  if (config === undefined) return checkRun(options);
  const others = Object.entries({ '--classes': classes, '--training-images': trainingImages, '--epochs': epochs });
  const given = others.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} must be absent: the config says it`],
  );
  if (given.length > 0) throw new ConfigError('These options exclude --config', given);
  return runOfStudy({ config, architecture, dataset, set, seed });
}

async function setUp(signal?: AbortSignal): Promise<void> {
  const lines = new ProgressLines();
  await ensureNativeParts({ parts: ['tensorflow'], onProgress: lines.update, signal });
}

const defaultEpochs = 10;

/** The option that sets each field of a selection. */
const datasetOptions: Record<string, string> = {
  dataset: '--dataset',
  classes: '--classes',
  trainingImages: '--training-images',
};

/**
 * Returns the run that the options describe.
 * @throws ConfigError if the options are invalid, before anything has been done
 */
export async function checkRun(
  options: Pick<TrainOptions, 'architecture' | 'dataset' | 'classes' | 'trainingImages' | 'epochs' | 'set' | 'seed'>,
): Promise<SingleRun> {
  const { classes, trainingImages, epochs, set, seed } = options;
  const { architecture: reference, dataset } = required(options);
  const { name, architecture } = await findArchitecture(reference, '--architecture');
  const selection = parseWith(
    datasetSelectionSchema,
    {
      ...selectionFields(dataset),
      ...(classes !== undefined && { classes }),
      ...(trainingImages !== undefined && { trainingImages }),
    },
    'The dataset is invalid',
  );
  const problems = selectionProblems(selection, 'selection', catalogue);
  if (problems.length > 0)
    throw new ConfigError(
      'The dataset is invalid',
      problems.map((problem) =>
        problem.replace(/^selection\.(\w+)/, (_, field: string) => datasetOptions[field] ?? field),
      ),
    );
  const document = applyOverrides(epochs === undefined ? {} : { epochs }, set) as { epochs?: unknown };
  if (epochs !== undefined && document.epochs !== epochs)
    throw new ConfigError('--epochs and --set epochs exclude each other', ['give only one of them']);
  document.epochs ??= defaultEpochs;
  const protocol = parseWith(protocolSchema, document, 'The protocol is invalid');
  const unfit = imageProblems(protocol, selection, catalogue, `--dataset ${selectionLabel(selection)}`);
  if (unfit.length > 0) throw new ConfigError('The protocol is invalid', unfit);
  return { name, architecture, selection, protocol, seed };
}

/** Returns the fields of a selection that `--dataset` gives: the name of a dataset, or JSON. */
function selectionFields(dataset: string): object {
  if (!dataset.trimStart().startsWith('{')) return { dataset };
  try {
    const fields = JSON.parse(dataset) as object;
    if ('protocol' in fields)
      throw new ConfigError('--dataset is invalid', ['protocol must be absent: use --epochs and --set']);
    return fields;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigError('--dataset is invalid', [`must be the name of a dataset, or JSON: ${error.message}`]);
  }
}

function required({ architecture, dataset }: Pick<TrainOptions, 'architecture' | 'dataset'>) {
  const problems = [
    ...(architecture === undefined ? ['--architecture must name an architecture'] : []),
    ...(dataset === undefined ? ['--dataset must name or describe a dataset'] : []),
  ];
  if (architecture === undefined || dataset === undefined) throw new ConfigError('train needs more options', problems);
  return { architecture, dataset };
}

/**
 * oneDNN sums a batch's statistics in one float32 sum per thread, so with more threads the sums are shorter and have smaller rounding
 * errors. These matter if a golden case has an activation within 1e-6 of zero, whose ReLU may then differ from float64.
 */
const goldenThreads = 8;

async function compareGolden(file: string): Promise<void> {
  const document = await readInputJson('--golden', file);
  await setUp();
  const { deviceEnvironment } = await import('../lib/training/device.ts');
  Object.assign(
    process.env,
    deviceEnvironment({}, { kind: 'cpu', threads: goldenThreads }, { precision: 'float32', xla: false }),
  );
  const { goldenDifferences } = await import('../lib/training/golden.ts');
  printJson(await goldenDifferences(document));
}

function showProgress({ epoch, epochs, step, stepsPerEpoch, imagesPerSecond, loss }: TrainingProgress): void {
  say(
    `epoch ${epoch}/${epochs}, step ${step}/${stepsPerEpoch}, ${Number.isNaN(loss) ? '' : `loss ${loss.toFixed(4)}, `}${imagesPerSecond.toFixed(0)} images/s`,
  );
}

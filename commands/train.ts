import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { ConfigError } from '../lib/core/errors.ts';
import { dataRootOption } from './options/data-root-option.ts';
import { collect, nonNegativeInteger, positiveInteger } from './options/option-parsers.ts';
import type { SingleRun } from './train-once.ts';
import type { TrainingProgress } from '../lib/training/metrics.ts';
import { readInputJson } from '../lib/core/files/read-input.ts';

interface TrainOptions extends Omit<SingleRun, 'architecture' | 'dataset'> {
  architecture?: string;
  dataset?: string;
  json?: boolean;
  golden?: string;
}

export function register(program: Command): void {
  const command = program
    .command('train')
    .description(
      'train and test one network in the foreground, without Temporal; after an interruption the same command continues',
    )
    .option('--architecture <architecture>', 'an architecture: a file, file#name or file#position, or JSON')
    .option('--dataset <name>', 'a dataset of the catalogue')
    .option('--classes <n>', 'restrict the dataset to this many classes', positiveInteger)
    .option('--training-images <n>', 'at most this many training images', positiveInteger)
    .option('--epochs <n>', 'epochs of training (default: 10)', positiveInteger)
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
    .option(
      '--out <folder>',
      'where checkpoints, weights, model, events and the record are written',
      '.beyond-imagenet/train',
    )
    .option('--no-tensor-board', 'write no event files')
    .option('--json', 'print the run record as JSON');
  command.addOption(command.createOption('--golden <file>', 'compare with golden training cases').hideHelp());
  command.action(train);
}

async function train(options: TrainOptions): Promise<void> {
  if (options.golden !== undefined) return compareGolden(options.golden);
  const { checkRun, runOnce } = await import('./train-once.ts');
  const run = await checkRun({ ...options, ...required(options) });
  await setUp();
  const { record, path } = await runOnce(run, options, showProgress);
  if (options.json) process.stdout.write(`${JSON.stringify(record, undefined, 2)}\n`);
  else {
    const percent = (error: number | null | undefined) => (error == null ? '-' : `${(100 * error).toFixed(2)} %`);
    process.stdout.write(
      record.outcome === 'finished'
        ? `test error: top-1 ${percent(record.test?.top1Error)}, top-5 ${percent(record.test?.top5Error)}; record: ${path}\n`
        : `diverged: ${record.failure?.message}; record: ${path}\n`,
    );
  }
}

async function setUp(): Promise<void> {
  const { ensureNativeParts, ProgressLines } = await import('../lib/native/index.ts');
  const lines = new ProgressLines();
  await ensureNativeParts({ parts: ['tensorflow'], onProgress: lines.update });
}

function required({ architecture, dataset }: TrainOptions): { architecture: string; dataset: string } {
  const problems = [
    ...(architecture === undefined ? ['--architecture must name an architecture'] : []),
    ...(dataset === undefined ? ['--dataset must name a dataset'] : []),
  ];
  if (architecture === undefined || dataset === undefined) throw new ConfigError('train needs more options', problems);
  return { architecture, dataset };
}

/**
 * oneDNN sums a batch's statistics in one float32 sum per thread: with more threads the sums are shorter and round less. Rounding
 * matters here if a golden case has an activation within 1e-6 of zero, whose ReLU may then differ from float64.
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
  process.stdout.write(`${JSON.stringify(await goldenDifferences(document), undefined, 2)}\n`);
}

function showProgress({ epoch, epochs, step, stepsPerEpoch, imagesPerSecond, loss }: TrainingProgress): void {
  process.stderr.write(
    `epoch ${epoch}/${epochs}, step ${step}/${stepsPerEpoch}, loss ${loss.toFixed(4)}, ${imagesPerSecond.toFixed(0)} images/s\n`,
  );
}

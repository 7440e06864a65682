import { resolveRequest } from '../../control/submission-request.ts';
import { datasetFacts } from '../../lib/datasets/dataset-facts.ts';
import { samplePopulation } from '../../lib/design-space/sampler.ts';
import { stateFolder } from '../../lib/core/files/state-folder.ts';
import { readMeasuredSpeeds } from '../../runtime/measured-speeds.ts';
import { costOf, type StudyCost } from '../../lib/study/cost.ts';
import { preparationCores } from '../../lib/study/preparation-cost.ts';
import { gpuSpeeds, type GpuSpeed } from '../../lib/study/gpu-speeds.ts';
import { retentions } from '../../lib/study/retention.ts';
import { configDocument, type ConfigSource } from '../options/config-source.ts';
import { compact, grouped, textTable } from '../terminal/table.ts';

/** What a study takes on one kind of GPU. */
interface Duration {
  gpu: string;
  days: number;
  /** Where the speed was taken from. */
  source: string;
}

/** What the authors of the published study report for its 7,500 trainings on V100. */
const paperDays = 85;
const paperRuns = 7500;

/** `plan`: what a study costs, and how that is estimated. */
export async function showPlan(
  options: ConfigSource & { json: boolean; state?: string; dataRoot?: string },
): Promise<void> {
  const submission = await resolveRequest({ ...(await configDocument(options)), set: options.set });
  const { config } = submission;
  const { population, seeds } = config;
  const architectures =
    population.source === 'sample'
      ? (await samplePopulation(population.space, { count: population.count, seed: seeds.population })).architectures
      : submission.architectures!;
  const cost = costOf(
    config,
    architectures.map(({ architecture }) => architecture),
    await datasetFacts(config.datasets, options.dataRoot),
  );
  const durations = [...(await speedsHere(options.state)), ...gpuSpeeds].map(
    ({ name, activationsPerSecond, source }): Duration => ({
      gpu: name,
      days: cost.activations / activationsPerSecond / 86_400,
      source,
    }),
  );
  if (options.json)
    process.stdout.write(`${JSON.stringify({ ...cost, retain: config.execution.retain, durations })}\n`);
  else process.stdout.write(`${planText(cost, durations, config.execution.retain, config.name === 'paper')}\n`);
}

/** The speeds that `doctor` measured on this machine; empty if it has not. */
async function speedsHere(state: string | undefined): Promise<GpuSpeed[]> {
  const measured = await readMeasuredSpeeds(stateFolder(state));
  return (measured?.speeds ?? []).map(({ precision, activationsPerSecond }) => ({
    name: `this machine, ${precision}`,
    activationsPerSecond,
    source: `${measured!.slots}: measured by doctor on ${measured!.measuredAt.slice(0, 10)}`,
  }));
}

function planText(cost: StudyCost, durations: readonly Duration[], retain: string, isPaper: boolean): string {
  const datasets = textTable(
    ['dataset', 'runs', 'training images', 'classes', 'pixels', 'epochs', 'images seen', 'multiply-adds', 'prepared'],
    cost.datasets.map(({ dataset, runs, size, epochs, trainingImages, flops, preparedBytes }) => [
      dataset,
      grouped(runs),
      grouped(size.train),
      grouped(size.classes),
      String(size.imageSize),
      String(epochs),
      compact(trainingImages),
      multiplyAdds(flops),
      bytes(preparedBytes),
    ]),
  );
  const preparation = textTable(
    ['images of', 'prepared as', 'images', 'disk', `minutes on ${preparationCores} cores`, 'seconds to read an epoch'],
    cost.preparation.map(({ dataset, fit, imageSize, images, bytes: size, hours, epochSeconds }) => [
      dataset,
      fit === 'square' ? `squares of ${imageSize}` : `whole, to ${imageSize}`,
      grouped(images),
      bytes(size),
      (60 * hours).toFixed(1),
      epochSeconds.toFixed(1),
    ]),
    ['images of', 'prepared as'],
  );
  const disk = textTable(
    ['execution.retain', 'disk of the runs'],
    retentions.map((retention) => [
      retention === retain ? `${retention} (as configured)` : retention,
      bytes(cost.disk.runs[retention]),
    ]),
  );
  const days = textTable(
    ['GPU', 'days on one', 'source'],
    durations.map(({ gpu, days, source }) => [gpu, days < 0.1 ? '< 0.1' : days.toFixed(1), source]),
    ['GPU', 'source'],
  );
  return [
    `${grouped(cost.architectures)} architectures, ${grouped(cost.runs)} runs, ${compact(cost.trainingImages)} training images, ${multiplyAdds(cost.flops)} multiply-adds`,
    datasets,
    'Preparation, once for all selections from a dataset:',
    preparation,
    `Disk: ${bytes(cost.disk.prepared)} for the prepared datasets, and for the files that the runs leave:`,
    disk,
    'Time, estimated from the activations of the networks and published throughputs (your machines, batch sizes and disks will differ):',
    days,
    ...(isPaper
      ? [
          `The authors report ${paperDays} V100-days for ${grouped(paperRuns)} trainings; that is ${((paperDays / paperRuns) * cost.runs).toFixed(1)} V100-days for ${grouped(cost.runs)}.`,
        ]
      : []),
  ].join('\n\n');
}

const prefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z'];

/** A number with three significant digits and the SI prefix of a unit, e.g. `1.20 G`. */
function withPrefix(value: number): string {
  const power = value < 1 ? 0 : Math.min(prefixes.length - 1, Math.floor(Math.log10(value) / 3));
  return `${(value / 1000 ** power).toPrecision(3)} ${prefixes[power]}`;
}

const bytes = (value: number): string => `${withPrefix(value)}B`;

/** Multiply-adds, as the field counts flops: e.g. `6.66 E` for 6.66e18. */
const multiplyAdds = (value: number): string => withPrefix(value).trimEnd();

import type { StudyCost } from '../../lib/study/cost.ts';
import { preparationCores } from '../../lib/study/preparation-cost.ts';
import { retentions } from '../../lib/study/retention.ts';
import { bytes, multiplyAdds } from '../../lib/report/words/units.ts';
import { compact, textTable } from './table.ts';
import { grouped } from '../../lib/report/words/numbers.ts';

/** The duration of a study on one kind of GPU. */
export interface Duration {
  gpu: string;
  days: { least: number; most: number };
  /** Number of GPUs in one machine that a disk keeps busy; null if all datasets stay in memory. */
  fedByOneDisk: number | null;
  /** Source of the speed. */
  source: string;
}

/** V100-days that the authors of the published study report for its 7,500 trainings. */
const paperDays = 85;
const paperRuns = 7500;

/** Formats the cost of a study as text for people. */
export function planText(cost: StudyCost, durations: readonly Duration[], retain: string, isPaper: boolean): string {
  const datasets = textTable(
    ['dataset', 'runs', 'training images', 'classes', 'pixels', 'epochs', 'images seen', 'multiply-adds', 'prepared'],
    cost.datasets.map(({ dataset, runs, size, epochs, trainingImages, flops, preparedBytes }) => [
      dataset,
      grouped(runs),
      grouped(size.train),
      grouped(size.classes),
      String(size.imageSize),
      epochs === null ? unknown : String(epochs),
      trainingImages === null ? unknown : compact(trainingImages),
      flops === null ? unknown : ofMultiplyAdds(flops),
      bytes(preparedBytes),
    ]),
    { least: ['pixels', 'classes', 'epochs', 'prepared'] },
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
    { left: ['images of', 'prepared as'], least: ['prepared as', 'images'] },
  );
  const disk = textTable(
    ['execution.retain', 'disk of the runs'],
    retentions.map((retention) => [
      retention === retain ? `${retention} (as configured)` : retention,
      ofBytes(cost.disk.runs[retention]),
    ]),
  );
  const days = textTable(
    ['GPU', 'days on one', 'GPUs that one disk feeds', 'source'],
    durations.map(({ gpu, days, fedByOneDisk, source }) => [
      gpu,
      rangeOfDays(days),
      fedByOneDisk === null ? 'any number' : fedByOneDisk.toFixed(1),
      source,
    ]),
    { left: ['GPU', 'source'], least: ['GPUs that one disk feeds'] },
  );
  const totals = [
    `${grouped(cost.architectures)} architectures`,
    `${grouped(cost.runs)} runs`,
    ...(cost.trainingImages === null ? [] : [`${compact(cost.trainingImages)} training images`]),
    ...(cost.flops === null ? [] : [multiplyAdds(cost.flops)]),
  ];
  return [
    totals.join(', '),
    datasets,
    'Preparation, once for all selections from a dataset:',
    preparation,
    `Disk: ${bytes(cost.disk.prepared)} for the prepared datasets, and for the files that the runs leave:`,
    disk,
    ...(cost.disk.predictions === 0
      ? []
      : [
          `All of these include ${bytes(cost.disk.predictions)} of predictions, which exports hold, too (execution.predictions=false: none are kept).`,
        ]),
    ...(cost.activations === null
      ? [
          `How long it takes depends on what the trainer does with its settings and networks, which this program does not know ("${unknown}" above). The status of a running study estimates its end.`,
        ]
      : [
          'Time, estimated from the activations of the networks and published throughputs (your machines, batch sizes and disks will differ):',
          days,
        ]),
    ...(isPaper
      ? [
          `The authors report ${paperDays} V100-days for ${grouped(paperRuns)} trainings; that is ${((paperDays / paperRuns) * cost.runs).toFixed(1)} V100-days for ${grouped(cost.runs)}.`,
        ]
      : []),
  ].join('\n\n');
}

/** Shown for quantities that only a trainer knows. */
const unknown = 'unknown';

const ofBytes = (size: number | null): string => (size === null ? unknown : bytes(size));

/** Returns e.g. `12 to 19`, or one number if both are the same. */
function rangeOfDays({ least, most }: Duration['days']): string {
  const [from, to] = [least, most].map((days) => (days < 0.1 ? '< 0.1' : days < 10 ? days.toFixed(1) : grouped(days)));
  return from === to ? from! : `${from} to ${to}`;
}

/** Formats multiply-adds without the word, for a column with that title. */
const ofMultiplyAdds = (value: number): string => multiplyAdds(value).replace(' multiply-adds', '');

import { threeDigits } from '../../lib/report/words/numbers.ts';
import { bytes } from '../../lib/report/words/units.ts';
import type { StudyConfig } from '../../lib/study/config.ts';
import type { StudyCost } from '../../lib/study/cost.ts';
import { gpusFedByOneDisk } from '../../lib/study/data-bound.ts';
import { protocolFor } from '../../lib/study/config.ts';
import { isSettings } from '../../lib/study/trainer-config.ts';
import { memoryOfMachine } from '../devices.ts';
import { failure, ok, type Finding } from './finding.ts';
import type { Throughput } from './throughput.ts';

/**
 * Estimates the duration of a study with the measured slots, for each dataset at the precision of its protocol. If the slots together train
 * faster than a disk reads, it also says how many of them one disk feeds.
 * @param memory bytes of this machine, of which the system uses at most half to cache prepared images
 */
export function studyTime(
  config: StudyConfig,
  cost: StudyCost,
  throughputs: readonly Throughput[],
  slots: number,
  memory = memoryOfMachine(),
): Finding {
  const name = `study ${config.name}`;
  if (config.trainer !== undefined || cost.activations === null)
    return ok(
      name,
      `${cost.runs.toLocaleString('en-US')} runs; how long they take depends on the trainer, which this program does not know`,
    );
  let seconds = 0;
  let fed = Infinity;
  const precisions = new Set<string>();
  for (const [index, selection] of config.datasets.entries()) {
    const protocol = protocolFor(config, selection);
    const { activations } = cost.datasets[index]!;
    if (isSettings(protocol) || activations === null) continue;
    const { precision, allowedPrecisions } = protocol;
    const wanted = throughputs.filter(
      (one) =>
        one.precision === precision || (precision === 'auto' && (allowedPrecisions?.includes(one.precision) ?? true)),
    );
    const fastest = wanted
      .flatMap(({ speed }) => speed ?? [])
      .sort((a, b) => b.activationsPerSecond - a.activationsPerSecond)[0];
    if (fastest === undefined)
      return failure(
        name,
        wanted.map((one) => (one.speed === undefined ? one.reason : '')).join('; '),
        'name a precision that this machine has, or auto: --set protocol.precision=auto',
      );
    precisions.add(fastest.precision);
    seconds += activations / fastest.activationsPerSecond;
    fed = Math.min(fed, slots * gpusFedByOneDisk([cost.datasets[index]!], fastest.activationsPerSecond, memory / 2));
  }
  const hours = seconds / 3600;
  const largest = Math.max(...cost.datasets.map(({ preparedBytes }) => preparedBytes));
  const bound =
    fed < slots
      ? `; data-bound: one disk of 3 GB/s feeds ${threeDigits(fed)} of ${slots} slots, since ${bytes(largest)} of images do not stay in ${bytes(memory)} of memory`
      : '';
  return ok(
    name,
    `${cost.runs.toLocaleString('en-US')} runs, ${hours < 0.1 ? 'less than 0.1' : threeDigits(hours)} hours of this machine alone, by the activations of its networks, at ${[...precisions].join(' and ')}${bound}`,
  );
}

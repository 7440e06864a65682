import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../core/files/make-folder.ts';
import { printable } from '../../core/printable.ts';
import { EventFile } from '../event-file.ts';
import type { Hyperparameters } from '../event-messages.ts';
import type { EvaluationMetrics, RecordedEpoch } from '../metrics.ts';
import type { CommandTask } from './run-folder.ts';

/** Maximum number of a run's settings that are shown, and maximum length of their names and texts. */
const most = { settings: 100, length: 200 };

/** The TensorBoard events of a run by a command, over all its attempts; each step is an epoch. */
export class CommandEvents {
  readonly directory: string;
  readonly #file: EventFile;

  private constructor(directory: string) {
    this.directory = directory;
    this.#file = new EventFile(directory);
  }

  /** Begins the events of an attempt, which replace those of earlier attempts: the earlier epochs that still count are written again. */
  static async begin(task: CommandTask, trainer: string, earlier: readonly RecordedEpoch[]): Promise<CommandEvents> {
    const directory = join(task.workDirectory, 'events');
    await rm(directory, { recursive: true, force: true });
    await makeFolder(directory);
    const events = new CommandEvents(directory);
    events.#file.begin(hyperparametersOf(task, trainer));
    for (const epoch of earlier) events.epoch(epoch);
    return events;
  }

  epoch(epoch: RecordedEpoch): void {
    if (epoch.trainingLoss !== null) this.#file.step(epoch.epoch, epoch.trainingLoss, epoch.imagesPerSecond);
    this.#file.epoch(epoch, epoch.epoch);
  }

  end(test: EvaluationMetrics, lastEpoch: number): void {
    this.#file.end(test, lastEpoch);
  }
}

/**
 * Returns what distinguishes a run from others of its study, as columns of TensorBoard's table of hyperparameters; nested members are named
 * `a.b`.
 */
function hyperparametersOf({ architecture, dataset, seed, settings }: CommandTask, trainer: string): Hyperparameters {
  const named = { network: architecture.name, trainer, dataset: dataset.label, seed };
  const further = [...members(settings, []), ...members(architecture.spec, ['spec'])].slice(0, most.settings);
  return { ...Object.fromEntries(further), ...named };
}

function members(value: unknown, path: readonly string[]): [name: string, value: string | number | boolean][] {
  const name = printable(path.join('.')).slice(0, most.length);
  if (typeof value === 'number' || typeof value === 'boolean') return [[name, value]];
  if (typeof value === 'string') return [[name, printable(value).slice(0, most.length)]];
  if (Array.isArray(value)) return [[name, JSON.stringify(value).slice(0, most.length)]];
  return value === null
    ? []
    : Object.entries(value as object).flatMap(([key, member]) => members(member, [...path, key]));
}

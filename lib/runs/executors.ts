import type { Rehearsal } from '../study/rehearsal.ts';
import { isCommandEngine, type CommandTrainer } from '../study/trainer-config.ts';
import type { Device } from '../training/device.ts';
import { CommandTrainers } from './command-trainers.ts';
import { DeviceSlots } from './device-slots.ts';
import { LocalDatasets, type DatasetProvider, type LocalDatasetsOptions } from './local-datasets.ts';
import { RunExecutor } from './run-executor.ts';
import { RunFolders } from './run-folder.ts';
import { SimulatedDatasets } from './simulated-datasets.ts';
import { simulatedEngine, simulatedTrainer } from './simulated-trainer.ts';
import type { Trainer } from './trainer.ts';

export interface ExecutorsOptions extends LocalDatasetsOptions {
  /** One for each concurrent training. */
  devices: readonly Device[];
  /** The trainer for studies that name no other. */
  trainer: Trainer;
  /** The command that trains runs of command trainers; by default the one that their study names. */
  commandTrainer?: CommandTrainer | undefined;
}

/** Carries out a worker's runs, those of studies and of rehearsals, which share the same slots. */
export class Executors {
  readonly #options: ExecutorsOptions;
  readonly #slots: DeviceSlots;
  readonly #folders: RunFolders;
  readonly #datasets: DatasetProvider;
  readonly #simulatedDatasets: SimulatedDatasets;
  readonly #real: RunExecutor;

  constructor(options: ExecutorsOptions) {
    const { store, work, dataRoot, devices, trainer } = options;
    const commands = new CommandTrainers(store, options.commandTrainer);
    this.#options = options;
    this.#slots = new DeviceSlots(devices);
    this.#folders = new RunFolders(store, work);
    this.#datasets = new LocalDatasets(options);
    this.#simulatedDatasets = new SimulatedDatasets(store, dataRoot);
    this.#real = new RunExecutor({
      ...{ store, folders: this.#folders, datasets: this.#datasets, slots: this.#slots },
      trainerOf: async ({ engine }, studyId) =>
        isCommandEngine(engine) ? commands.trainerOf(engine, studyId) : trainer,
    });
  }

  /** Version of the training engine. */
  engine(rehearsal: Rehearsal | undefined): string {
    return rehearsal === undefined ? this.#options.trainer.engine : simulatedEngine;
  }

  datasets(rehearsal: Rehearsal | undefined): DatasetProvider {
    return rehearsal === undefined ? this.#datasets : this.#simulatedDatasets;
  }

  executor(rehearsal: Rehearsal | undefined): RunExecutor {
    if (rehearsal === undefined) return this.#real;
    const { store } = this.#options;
    const [datasets, slots, folders] = [this.#simulatedDatasets, this.#slots, this.#folders];
    const trainer = simulatedTrainer(rehearsal, datasets);
    return new RunExecutor({ store, folders, datasets, slots, trainerOf: () => Promise.resolve(trainer) });
  }
}

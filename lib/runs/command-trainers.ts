import { join } from 'node:path';
import { UnsuitableWorkerError } from '../core/errors.ts';
import { readManifest } from '../datasets/prepared-dataset.ts';
import { isListed } from '../design-space/study-network.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { StudyDocuments } from '../study/documents/study-documents.ts';
import { commandEngine, isSettings, type CommandTrainer } from '../study/trainer-config.ts';
import type { CommandTask } from '../training/command/run-folder.ts';
import { runCommand } from '../training/command/train.ts';
import { TrainerFailure } from '../training/command/trainer-failure.ts';
import { packedFolders } from './checkpoint-form.ts';
import type { RunTask, Trainer } from './trainer.ts';
import { changedFiles, materializeTrainer } from './trainer-files.ts';

/** Makes a trainer from a study's command. Its files are copied from the store into the folder of each run. */
function commandTrainer(store: ArtifactStore, trainer: CommandTrainer): Trainer {
  const engine = commandEngine(trainer);
  const { name, command, environment, stopSeconds, silenceMinutes } = trainer;
  return {
    engine,
    checkpoints: packedFolders,
    runTraining: async (task, options) => {
      const folder = join(task.workDirectory, 'trainer');
      await materializeTrainer(store, trainer, folder);
      const program = { name, engine, command, folder, environment, stopSeconds, silenceMinutes };
      const changed = () => changedFiles(trainer, folder);
      return runCommand({ ...program, changedFiles: changed }, await commandTask(task), options);
    },
    runEvaluation: ({ runKey }) =>
      Promise.reject(new TrainerFailure('internal', `the run ${runKey} was not tested by its trainer`)),
  };
}

/** Describes a run in the terms of the protocol between this program and trainers. */
export async function commandTask(task: RunTask): Promise<CommandTask> {
  const { runKey, seed, architectureName, architecture, protocol, datasetDirectory, device, workDirectory } = task;
  const { predictions = false, tensorBoard } = task;
  const { label, dataset, digest, classes, channels, imageSize, splits } = await readManifest(datasetDirectory);
  const { train, validation, test } = splits;
  return {
    ...{ runKey, seed, predictions, tensorBoard, device, workDirectory },
    architecture: isListed(architecture) ? architecture : { name: architectureName, spec: architecture },
    settings: isSettings(protocol) ? protocol.settings : protocol,
    dataset: {
      ...{ label, title: dataset, digest, classes, channels, imageSize, path: datasetDirectory },
      images: { train: train.images, validation: validation.images, test: test.images },
    },
  };
}

/** The command trainers of a worker; each study names its own. */
export class CommandTrainers {
  readonly #store: ArtifactStore;
  readonly #given: CommandTrainer | undefined;
  /** By study and engine. */
  readonly #known = new Map<string, Trainer>();

  /** @param given the trainer of all runs, whatever their study, e.g. for a run outside any study */
  constructor(store: ArtifactStore, given?: CommandTrainer) {
    this.#store = store;
    this.#given = given;
  }

  /**
   * Returns the trainer of a study's runs on an engine.
   * @throws UnsuitableWorkerError if the study's trainer is another one, ArtifactError if the store has no such study
   */
  async trainerOf(engine: string, studyId: string): Promise<Trainer> {
    const key = JSON.stringify([studyId, engine]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const trainer = this.#given ?? (await new StudyDocuments(this.#store, studyId).config()).trainer;
    const own = trainer === undefined ? 'the engine of this program' : commandEngine(trainer);
    if (trainer === undefined || own !== engine)
      throw new UnsuitableWorkerError(`the run was planned for the trainer ${engine}; ${studyId} has ${own}`);
    const found = commandTrainer(this.#store, trainer);
    this.#known.set(key, found);
    return found;
  }
}

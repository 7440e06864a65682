import type { RunOptions } from '../carry-out.ts';
import type { TrainingResult } from '../child/messages.ts';
import { describeDevice, describeGpu, type Device } from '../device.ts';
import type { RecordedEpoch } from '../metrics.ts';
import { trainerEnvironment } from './environment.ts';
import { failureOfExit, failureOfStart } from './exits.ts';
import { TrainerOutput } from './output.ts';
import { isRuined, prepareRun } from './prepare-run.ts';
import { TrainerProcesses, type Exit } from './process-group.ts';
import type { TrainerProgram } from './program.ts';
import { askToStop, runFolderOf, type CommandTask } from './run-folder.ts';
import { TrainerFailure } from './trainer-failure.ts';
import { WrittenProgress } from './written-progress.ts';
import { readWrittenResult } from './written-result.ts';

/** The result of a command trainer: like the engine's, but with the curve that the trainer wrote. */
export type CommandResult = Omit<TrainingResult, 'curve'> & { curve: RecordedEpoch[] };

/** Milliseconds between two checks of what the trainer has written. */
const interval = 500;

/**
 * Maximum milliseconds between two checks that count as silence: while the machine slept or this process was stopped, nothing was checked.
 */
const longestLook = 4 * interval;

/**
 * Carries out one attempt at a run by a command trainer, from the newest checkpoint of the run if there is one. docs/trainers.md specifies
 * the protocol between this process and the trainer's.
 * @throws TrainerFailure if it ends without a valid result (a diverged loss is a result)
 */
export async function runCommand(
  program: TrainerProgram,
  task: CommandTask,
  options: RunOptions = {},
): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  const resume = await prepareRun(task, options.onLog);
  if (resume !== undefined) options.onLog?.(`continuing from checkpoint ${resume}`);
  const progress = await WrittenProgress.begin(task, { resume, trainer: program.name }, options);
  return new Attempt(program, task, progress, options).carryOut();
}

/** Why a trainer was stopped. */
type Stop = 'interrupted' | 'silent';

class Attempt {
  readonly #program: TrainerProgram;
  readonly #task: CommandTask;
  readonly #options: RunOptions;
  readonly #runFolder: string;
  readonly #started = performance.now();
  readonly #progress: WrittenProgress;
  readonly #output: TrainerOutput;

  constructor(program: TrainerProgram, task: CommandTask, progress: WrittenProgress, options: RunOptions) {
    this.#program = program;
    this.#task = task;
    this.#options = options;
    this.#runFolder = runFolderOf(task.workDirectory);
    this.#progress = progress;
    this.#output = new TrainerOutput((line) => options.onLog?.(line));
  }

  /** @throws TrainerFailure with the last output of the trainer */
  async carryOut(): Promise<CommandResult> {
    try {
      const result = await this.#carriedOut();
      const changed = (await this.#program.changedFiles?.()) ?? [];
      if (changed.length > 0)
        throw this.#failure(
          `has changed its own files while it ran, so that its result does not count: ${changed.join(', ')}`,
        );
      return result;
    } catch (error) {
      if (!isRuined(error, this.#runFolder)) throw error;
      throw this.#failure(`has changed the folder of its run: ${error.message}`, error);
    }
  }

  async #carriedOut(): Promise<CommandResult> {
    const { signal, pause } = this.#options;
    const processes = await this.#start();
    let exit: Exit | undefined;
    let stop: Stop | undefined;
    let isPausing = false;
    let killAt = Infinity;
    let wakeUp = () => {};
    const rest = () =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, interval);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    void processes.exit.then((value) => {
      exit = value;
      wakeUp();
    });
    const onSignal = () => wakeUp();
    signal?.addEventListener('abort', onSignal);
    try {
      for (let last = performance.now(); exit === undefined; last = performance.now()) {
        await rest();
        if (exit !== undefined) break;
        await this.#progress.look(Math.min(performance.now() - last, longestLook) / 1000);
        if (pause?.aborted === true && !isPausing) {
          isPausing = true;
          await askToStop(this.#task.workDirectory);
        }
        if (stop === undefined) {
          if (signal?.aborted === true) stop = 'interrupted';
          else if (this.#progress.silentSeconds > 60 * this.#program.silenceMinutes) stop = 'silent';
          if (stop !== undefined) {
            processes.signal('SIGTERM');
            killAt = performance.now() + 1000 * this.#program.stopSeconds;
          }
        } else if (performance.now() > killAt) processes.signal('SIGKILL');
      }
    } finally {
      signal?.removeEventListener('abort', onSignal);
      const left = await processes.end();
      if (left.length > 0) this.#options.onLog?.(`processes of the trainer could not be ended: ${left.join(', ')}`);
    }
    await this.#progress.look(0);
    signal?.throwIfAborted();
    if (stop === 'silent')
      throw this.#failure(
        `was ended because it had shown no progress for ${this.#program.silenceMinutes} minutes (no new line of metrics.jsonl, and \`alive\` was not touched)`,
      );
    return this.#resultOf(exit, isPausing);
  }

  async #start(): Promise<TrainerProcesses> {
    const { command, environment, folder } = this.#program;
    const env = trainerEnvironment(process.env, environment, this.#task.device, this.#runFolder);
    try {
      return await TrainerProcesses.start(command, {
        cwd: folder,
        env,
        onOutput: [this.#output.reader(), this.#output.reader()],
      });
    } catch (error) {
      throw failureOfStart(error as NodeJS.ErrnoException, command);
    }
  }

  async #resultOf({ code, signal }: Exit, isPausing: boolean): Promise<CommandResult> {
    const result = code === 0 ? await this.#written() : undefined;
    const { curve, events } = this.#progress;
    const versions = { engine: this.#program.engine, device: await deviceInWords(this.#task.device) };
    const common = {
      ...{ curve, versions, trainingSeconds: (performance.now() - this.#started) / 1000 },
      ...{ eventsDirectory: events?.directory ?? null, savedModelDirectory: null },
      ...{ weightsFile: null, predictionsFile: null, evaluation: null },
    };
    if (result?.outcome === 'diverged') return { ...common, outcome: 'diverged', failure: result.reason };
    if (result !== undefined) {
      events?.end(result.evaluation.test, curve.at(-1)?.epoch ?? 0);
      return { ...common, ...result, failure: null, versions: { ...result.versions, ...versions } };
    }
    if (isPausing && (code === 0 || code === 128 + 15 || signal === 'SIGTERM'))
      return { ...common, outcome: 'paused', failure: null };
    throw await failureOfExit(
      { code, signal },
      { runFolder: this.#runFolder, output: this.#output, name: this.#program.name },
    );
  }

  async #written(): ReturnType<typeof readWrittenResult> {
    try {
      return await readWrittenResult(this.#task);
    } catch (error) {
      if (!(error instanceof TrainerFailure)) throw error;
      throw new TrainerFailure(error.category, `${error.message}${this.#output.inWords}`, { cause: error });
    }
  }

  #failure(what: string, cause?: unknown): TrainerFailure {
    const message = `the trainer ${this.#program.name} ${what}${this.#output.inWords}`;
    return new TrainerFailure('crash', message, { cause });
  }
}

async function deviceInWords(device: Device): Promise<string> {
  if (device.kind === 'cpu') return describeDevice(device);
  const { gpuDriver } = await import('../gpus.ts');
  const gpu = gpuDriver()?.gpus.find(({ index }) => index === device.index);
  return gpu === undefined ? describeDevice(device) : `${describeDevice(device)}, ${describeGpu(gpu)}`;
}

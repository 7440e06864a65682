import { lstat, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunOptions } from '../carry-out.ts';
import type { TrainingResult } from '../child/messages.ts';
import { describeDevice, describeGpu, type Device } from '../device.ts';
import type { RecordedEpoch } from '../metrics.ts';
import { checkpointNames, checkpointPath, removeOldCheckpoints, tidyCheckpoints } from './checkpoint-folders.ts';
import { CommandEvents } from './command-events.ts';
import { RunCurve } from './curve.ts';
import { trainerEnvironment } from './environment.ts';
import { failureOfExit, failureOfStart } from './exits.ts';
import { MetricsFile } from './metrics-file.ts';
import { parseMetricsLine } from './metrics-line.ts';
import { TrainerOutput } from './output.ts';
import { takePredictions } from './predictions-file.ts';
import { killProcessesOf, TrainerProcesses, type Exit } from './process-group.ts';
import { readResult } from './result-file.ts';
import {
  askToStop,
  attemptsSoFar,
  beginAttempt,
  readCurve,
  runFolderOf,
  writeCurve,
  type CommandTask,
} from './run-folder.ts';
import { TrainerFailure } from './trainer-failure.ts';

/** A program that trains networks. */
export interface TrainerProgram {
  /** Names it in messages. */
  name: string;
  /** Version of everything that determines the outcome of a training. */
  engine: string;
  /** Program and arguments. */
  command: readonly string[];
  /** Folder that it runs in. */
  folder: string;
  /** Variables of this process' environment that it gets. */
  environment: readonly string[];
  /** Between SIGTERM and SIGKILL. */
  stopSeconds: number;
  /** After which it counts as hung if it has shown no progress. */
  silenceMinutes: number;
}

/** The result of a command trainer: as of the engine, but with the curve that it has written. */
export type CommandResult = Omit<TrainingResult, 'curve'> & { curve: RecordedEpoch[] };

/** Milliseconds between two looks at what the trainer has written. */
const interval = 500;

/**
 * Carries out one attempt at a run by a command trainer, from the newest checkpoint of the run if there is one. docs/trainers.md is the
 * protocol between this process and the trainer's.
 * @throws TrainerFailure if it ends without a valid result (a diverged loss is a result)
 */
export async function runCommand(
  program: TrainerProgram,
  task: CommandTask,
  options: RunOptions = {},
): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  const runFolder = runFolderOf(task.workDirectory);
  const resume = await prepared(task).catch(async (error: unknown) => {
    if (!isRuined(error, runFolder)) throw error;
    options.onLog?.(`the run begins anew, since an earlier attempt has changed its folder: ${error.message}`);
    await killProcessesOf(runFolder);
    await rm(runFolder, { recursive: true, force: true });
    return prepared(task);
  });
  const attempt = new Attempt(program, task, options);
  if (resume !== undefined) {
    options.onLog?.(`continuing from checkpoint ${resume}`);
    await attempt.restore();
  }
  try {
    return await attempt.carryOut();
  } catch (error) {
    if (!isRuined(error, runFolder)) throw error;
    throw new TrainerFailure(
      'crash',
      `the trainer ${program.name} has changed the folder of its run: ${error.message}`,
      {
        cause: error,
      },
    );
  }
}

/** Makes the folder of a run ready for an attempt; returns the name of the checkpoint to go on from, if there is one. */
async function prepared(task: CommandTask): Promise<string | undefined> {
  const { workDirectory } = task;
  // The worker of an earlier attempt may have been killed before it could end its trainer.
  if ((await attemptsSoFar(workDirectory)) > 0) await killProcessesOf(runFolderOf(workDirectory));
  await tidyCheckpoints(workDirectory);
  const resume = (await checkpointNames(workDirectory)).at(-1);
  await beginAttempt(task, resume);
  return resume;
}

/** Whether the folder of a run cannot be used because its trainer put something else in the place of what belongs there. */
function isRuined(error: unknown, runFolder: string): error is NodeJS.ErrnoException {
  const { code = '', path = '' } = error as NodeJS.ErrnoException;
  const codes = ['ENOTDIR', 'EISDIR', 'EEXIST', 'ENOTEMPTY', 'ELOOP', 'ENOENT', 'EACCES', 'EPERM'];
  return codes.includes(code) && path.startsWith(runFolder);
}

/** What ended a trainer that did not end by itself. */
type Stop = 'interrupted' | 'silent';

class Attempt {
  readonly #program: TrainerProgram;
  readonly #task: CommandTask;
  readonly #options: RunOptions;
  readonly #runFolder: string;
  readonly #started = performance.now();
  readonly #curve: RunCurve;
  readonly #metrics: MetricsFile;
  readonly #output: TrainerOutput;
  readonly #noted = new Set<string>();
  #hasNews = false;
  #alive = 0;
  #silentSeconds = 0;
  #newest: string | undefined;
  #events: CommandEvents | undefined;

  constructor(program: TrainerProgram, task: CommandTask, options: RunOptions) {
    this.#program = program;
    this.#task = task;
    this.#options = options;
    this.#runFolder = runFolderOf(task.workDirectory);
    this.#curve = new RunCurve(task.dataset.images.train);
    this.#metrics = new MetricsFile(
      join(this.#runFolder, 'metrics.jsonl'),
      (line) => this.#take(line),
      (note) => this.#note(note),
    );
    this.#output = new TrainerOutput((line) => this.#log(line));
  }

  /** Takes up the curve of earlier attempts. */
  async restore(): Promise<void> {
    for (const epoch of await readCurve(this.#task.workDirectory)) this.#curve.restore(epoch);
    this.#newest = (await checkpointNames(this.#task.workDirectory)).at(-1);
  }

  async carryOut(): Promise<CommandResult> {
    const { signal, pause } = this.#options;
    if (this.#task.tensorBoard)
      this.#events = await CommandEvents.begin(this.#task, this.#program.name, this.#curve.epochs);
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
        await this.#look(performance.now() - last);
        if (pause?.aborted === true && !isPausing) {
          isPausing = true;
          await askToStop(this.#task.workDirectory);
        }
        if (stop === undefined) {
          if (signal?.aborted === true) stop = 'interrupted';
          else if (this.#silentSeconds > 60 * this.#program.silenceMinutes) stop = 'silent';
          if (stop !== undefined) {
            processes.signal('SIGTERM');
            killAt = performance.now() + 1000 * this.#program.stopSeconds;
          }
        } else if (performance.now() > killAt) processes.signal('SIGKILL');
      }
    } finally {
      signal?.removeEventListener('abort', onSignal);
      const left = await processes.end();
      if (left.length > 0) this.#log(`processes of the trainer could not be ended: ${left.join(', ')}`);
    }
    await this.#look(0);
    signal?.throwIfAborted();
    if (stop === 'silent') throw this.#silence();
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

  /**
   * Looks at what the trainer has written.
   * @param elapsed milliseconds since the last look
   */
  async #look(elapsed: number): Promise<void> {
    const { workDirectory } = this.#task;
    const hasWritten = await this.#metrics.read();
    const alive = (await stat(join(this.#runFolder, 'alive')).catch(() => undefined))?.mtimeMs ?? 0;
    // A machine that slept, or a process that was stopped, has seen nothing of that time.
    this.#silentSeconds =
      hasWritten || alive !== this.#alive ? 0 : this.#silentSeconds + Math.min(elapsed, 4 * interval) / 1000;
    this.#alive = alive;
    if (this.#hasNews) await writeCurve(workDirectory, this.#curve.epochs);
    this.#hasNews = false;
    const newest = (await checkpointNames(workDirectory)).at(-1);
    if (newest === undefined || newest === this.#newest) return;
    this.#newest = newest;
    await removeOldCheckpoints(workDirectory);
    this.#options.onCheckpoint?.({ epochs: this.#curve.epochs.length, path: checkpointPath(workDirectory, newest) });
  }

  #take(line: string): void {
    try {
      const parsed = parseMetricsLine(line, (note) => this.#note(`a line of metrics.jsonl: ${note}`));
      const progress = this.#curve.add(parsed);
      this.#hasNews = true;
      if (parsed.within === undefined) this.#events?.epoch(parsed.epoch);
      this.#options.onProgress?.(progress);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.#note(`a line of metrics.jsonl is left out: ${error.message}`);
    }
  }

  async #resultOf({ code, signal }: Exit, isPausing: boolean): Promise<CommandResult> {
    const { images } = this.#task.dataset;
    const result = code === 0 ? await readResult(join(this.#runFolder, 'result.json'), images) : undefined;
    const common = {
      curve: this.#curve.epochs,
      trainingSeconds: (performance.now() - this.#started) / 1000,
      versions: { engine: this.#program.engine, device: await deviceInWords(this.#task.device) },
      ...{
        weightsFile: null,
        savedModelDirectory: null,
        eventsDirectory: this.#events?.directory ?? null,
        predictionsFile: null,
        evaluation: null,
      },
    };
    if (result?.outcome === 'diverged') return { ...common, outcome: 'diverged', failure: result.reason };
    if (result !== undefined) {
      const predictions = await takePredictions(this.#task, result.evaluation.test);
      this.#events?.end(result.evaluation.test, common.curve.at(-1)?.epoch ?? 0);
      return {
        ...common,
        outcome: 'finished',
        failure: null,
        versions: { ...result.versions, ...common.versions },
        weightsFile: result.weights === undefined ? null : await this.#ownFile('files.weights', result.weights),
        predictionsFile: predictions?.file ?? null,
        evaluation: { ...result.evaluation, ...(predictions && { predictions: predictions.summary }) },
      };
    }
    if (isPausing && (code === 0 || code === 128 + 15 || signal === 'SIGTERM'))
      return { ...common, outcome: 'paused', failure: null };
    throw await failureOfExit(
      { code, signal },
      { runFolder: this.#runFolder, output: this.#output, name: this.#program.name },
    );
  }

  /** Path of a file in the folder of the run that result.json names. */
  async #ownFile(field: string, name: string): Promise<string> {
    const path = join(this.#runFolder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isFile() === true) return path;
    throw new TrainerFailure(
      'crash',
      `result.json is not what docs/trainers.md says: ${field} must name a file in the folder of the run, got ${name}`,
    );
  }

  #silence(): TrainerFailure {
    return new TrainerFailure(
      'crash',
      `the trainer ${this.#program.name} was ended because it had shown no progress for ${this.#program.silenceMinutes} minutes (no new line of metrics.jsonl, and \`alive\` was not touched)${this.#output.inWords}`,
    );
  }

  /** Logs something that a trainer does wrong: once, since it will do so with each line. */
  #note(note: string): void {
    const kind = note.replace(/\d+/g, '#');
    if (this.#noted.has(kind) || this.#noted.size >= 20) return;
    this.#noted.add(kind);
    this.#log(note);
  }

  #log(line: string): void {
    this.#options.onLog?.(line);
  }
}

async function deviceInWords(device: Device): Promise<string> {
  if (device.kind === 'cpu') return describeDevice(device);
  const { gpuDriver } = await import('../gpus.ts');
  const gpu = gpuDriver()?.gpus.find(({ index }) => index === device.index);
  return gpu === undefined ? describeDevice(device) : `${describeDevice(device)}, ${describeGpu(gpu)}`;
}

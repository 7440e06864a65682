import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunOptions } from '../carry-out.ts';
import type { RecordedEpoch } from '../metrics.ts';
import { checkpointNames, checkpointPath, removeOldCheckpoints } from './checkpoint-folders.ts';
import { CommandEvents } from './command-events.ts';
import { RunCurve } from './curve.ts';
import { MetricsFile } from './metrics-file.ts';
import { parseMetricsLine } from './metrics-line.ts';
import { readCurve, runFolderOf, writeCurve, type CommandTask } from './run-folder.ts';

/** Maximum number of different faults of a trainer that are logged. */
const mostNotes = 20;

/** Checks from time to time what a trainer writes while it trains: metrics, checkpoints, signs of life. */
export class WrittenProgress {
  readonly #task: CommandTask;
  readonly #options: RunOptions;
  readonly #curve: RunCurve;
  readonly #metrics: MetricsFile;
  readonly #noted = new Set<string>();
  #hasNews = false;
  #alive = 0;
  #silentSeconds = 0;
  #newest: string | undefined;
  #events: CommandEvents | undefined;

  private constructor(task: CommandTask, options: RunOptions) {
    this.#task = task;
    this.#options = options;
    this.#curve = new RunCurve(task.dataset.images.train);
    this.#metrics = new MetricsFile(
      join(runFolderOf(task.workDirectory), 'metrics.jsonl'),
      (line) => this.#take(line),
      (note) => this.#note(note),
    );
  }

  /**
   * Begins with the curve of earlier attempts if the run continues from a checkpoint.
   * @param trainer name of the trainer
   */
  static async begin(
    task: CommandTask,
    { resume, trainer }: { resume: string | undefined; trainer: string },
    options: RunOptions,
  ): Promise<WrittenProgress> {
    const progress = new WrittenProgress(task, options);
    progress.#newest = resume;
    if (resume !== undefined) for (const epoch of await readCurve(task.workDirectory)) progress.#curve.restore(epoch);
    if (task.tensorBoard) progress.#events = await CommandEvents.begin(task, trainer, progress.curve);
    return progress;
  }

  /** The finished epochs. */
  get curve(): RecordedEpoch[] {
    return this.#curve.epochs;
  }

  /** The run's TensorBoard events; undefined if none are written. */
  get events(): CommandEvents | undefined {
    return this.#events;
  }

  /** Seconds since the last sign of life. */
  get silentSeconds(): number {
    return this.#silentSeconds;
  }

  /**
   * Checks what the trainer has written.
   * @param seconds since the last check that count as silence if the trainer has shown no sign of life
   */
  async look(seconds: number): Promise<void> {
    const { workDirectory } = this.#task;
    const hasWritten = await this.#metrics.read();
    const alive = (await stat(join(runFolderOf(workDirectory), 'alive')).catch(() => undefined))?.mtimeMs ?? 0;
    this.#silentSeconds = hasWritten || alive !== this.#alive ? 0 : this.#silentSeconds + seconds;
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
      this.#note(`a line of metrics.jsonl is ignored: ${error.message}`);
    }
  }

  /** Logs a fault of a trainer, but only once, since each of its lines may have it. */
  #note(note: string): void {
    const kind = note.replace(/\d+/g, '#');
    if (this.#noted.has(kind) || this.#noted.size >= mostNotes) return;
    this.#noted.add(kind);
    this.#options.onLog?.(note);
  }
}

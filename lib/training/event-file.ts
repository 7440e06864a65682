import { appendFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { endOfSession, fileVersion, scalars, startOfSession, type Hyperparameters } from './event-messages.ts';
import { eventRecord } from './event-records.ts';
import type { EvaluationMetrics, RecordedEpoch } from './metrics.ts';

/** Numbers by their TensorBoard tags; null for unknown ones, which are left out. */
type Scalars = Readonly<Record<string, number | null>>;

/** Distinguishes the files that one process writes in a second. */
let files = 0;

/**
 * The TensorBoard event file of one attempt at a run: the run's hyperparameters, its losses and errors as they arrive, and its test.
 * TensorBoard reads all files of a folder as one run. Events are kept in memory until the end of an epoch.
 */
export class EventFile {
  readonly #path: string;
  #waiting: Buffer[] = [];

  /** @param directory an existing folder */
  constructor(directory: string) {
    const now = new Date();
    const second = String(Math.floor(now.getTime() / 1000)).padStart(10, '0');
    // TensorBoard reads files with `tfevents` in their names, in the order of the names.
    this.#path = join(directory, `events.out.tfevents.${second}.${hostname()}.${process.pid}.${files++}.v2`);
    this.#add(fileVersion(now));
  }

  /** Writes the hyperparameters of the run. */
  begin(hyperparameters: Hyperparameters): void {
    this.#add(startOfSession(hyperparameters, new Date()));
    this.flush();
  }

  /** @param step counted from the start of the run */
  step(step: number, loss: number, imagesPerSecond: number | null): void {
    this.#scalars({ 'loss/training': loss, images_per_second: imagesPerSecond }, step);
  }

  epoch({ learningRate, validationLoss, validationTop1Error, metrics }: RecordedEpoch, step: number): void {
    const known = { learning_rate: learningRate, 'loss/validation': validationLoss };
    this.#scalars({ ...metrics, ...known, 'top_1_error/validation': validationTop1Error }, step);
    this.flush();
  }

  /** @param step the last one */
  end({ loss, top1Error, top5Error }: EvaluationMetrics, step: number): void {
    this.#scalars({ 'loss/test': loss, 'top_1_error/test': top1Error, 'top_5_error/test': top5Error }, step);
    this.#add(endOfSession(new Date()));
    this.flush();
  }

  /** Writes the events kept in memory. */
  flush(): void {
    if (this.#waiting.length > 0) appendFileSync(this.#path, Buffer.concat(this.#waiting));
    this.#waiting = [];
  }

  #scalars(values: Scalars, step: number): void {
    const known = Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== null);
    if (known.length > 0) this.#add(scalars(Object.fromEntries(known), step, new Date()));
  }

  #add(message: Uint8Array): void {
    this.#waiting.push(eventRecord(message));
  }
}

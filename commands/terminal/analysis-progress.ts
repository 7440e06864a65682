import { duration } from '../../lib/report/words/units.ts';

/** Milliseconds of the shortest analysis whose progress is shown, and between two lines if there is no terminal. */
const patience = 2000;
const pause = 10_000;
/** Milliseconds after the first report until the rate is meaningful: the threads' first reports arrive almost simultaneously. */
const settling = 1000;

/**
 * Shows the progress of an analysis and the time left, if the analysis takes more than two seconds. The rate is measured from the first
 * report on, because before it the threads were starting.
 */
export class AnalysisProgress {
  readonly #output: NodeJS.WriteStream;
  readonly #now: () => number;
  readonly #begun: number;
  #first: { time: number; done: number } | undefined;
  #shown = -Infinity;

  constructor(output: NodeJS.WriteStream, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
    this.#begun = now();
  }

  /** @param done share of the work, in (0, 1] */
  show(done: number): void {
    const time = this.#now();
    this.#first ??= { time, done };
    if (time < this.#first.time + settling || done === this.#first.done) return;
    const left = ((time - this.#first.time) * (1 - done)) / (done - this.#first.done);
    if (time - this.#begun + left < patience) return;
    const line = `analysis: ${Math.floor(100 * done)} %, ${duration(left)} left`;
    if (this.#output.isTTY) this.#output.write(`\r${line}\u001b[K`);
    else if (time - this.#shown >= pause) this.#output.write(`${line}\n`);
    else return;
    this.#shown = time;
  }

  /** Clears the line on a terminal. */
  end(): void {
    if (this.#output.isTTY && this.#shown > -Infinity) this.#output.write('\r\u001b[K');
  }
}

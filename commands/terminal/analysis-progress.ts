/** Milliseconds: the shortest analysis whose progress is shown, and the time between two lines without a terminal. */
const patience = 2000;
const pause = 10_000;

/** Shows the progress of an analysis and the time left, if the analysis takes more than two seconds. */
export class AnalysisProgress {
  readonly #output: NodeJS.WriteStream;
  readonly #now: () => number;
  readonly #begun: number;
  #shown = -Infinity;

  constructor(output: NodeJS.WriteStream, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
    this.#begun = now();
  }

  /** @param done share of the work, in (0, 1] */
  show(done: number): void {
    const elapsed = this.#now() - this.#begun;
    const left = (elapsed * (1 - done)) / done;
    if (elapsed + left < patience) return;
    const line = `analysis: ${Math.floor(100 * done)} %, ${timeInWords(left)} left`;
    if (this.#output.isTTY) this.#output.write(`\r${line}\u001b[K`);
    else if (this.#now() - this.#shown >= pause) this.#output.write(`${line}\n`);
    else return;
    this.#shown = this.#now();
  }

  /** Clears the line on a terminal. */
  end(): void {
    if (this.#output.isTTY && this.#shown > -Infinity) this.#output.write('\r\u001b[K');
  }
}

function timeInWords(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

/** A summary of the failures of runs. */
export interface FailureSummary {
  /** The failure of the run that failed first, e.g. `arch-017: memory ran out`. */
  first: string;
  /** The most common message, and the number of its runs. */
  commonest: { message: string; runs: number };
}

/** A tally as a document that can be passed on. */
export interface CountedFailures {
  first: string;
  runs: [message: string, runs: number][];
}

const mostMessages = 50;
const longestMessage = 300;

/** Counts the failures of runs by their messages. */
export class FailureTally {
  #first: string | undefined;
  readonly #runs: Map<string, number>;

  /** @param counted earlier counts to continue from; null or absent if there are none */
  constructor(counted?: CountedFailures | null) {
    this.#first = counted?.first;
    this.#runs = new Map(counted?.runs ?? []);
  }

  /** @param name name of the run */
  add(name: string, message: string): void {
    const short = message.slice(0, longestMessage);
    this.#first ??= `${name}: ${short}`;
    this.#count(short, 1);
  }

  /** Adds the counts of another tally. */
  merge({ first, runs }: CountedFailures): void {
    this.#first ??= first;
    for (const [message, count] of runs) this.#count(message, count);
  }

  /** Null if no failure was counted. */
  get counted(): CountedFailures | null {
    return this.#first === undefined ? null : { first: this.#first, runs: [...this.#runs] };
  }

  /** Null if no failure was counted. */
  get summary(): FailureSummary | null {
    if (this.#first === undefined) return null;
    const [message, runs] = [...this.#runs].reduce((most, entry) => (entry[1] > most[1] ? entry : most));
    return { first: this.#first, commonest: { message, runs } };
  }

  #count(message: string, runs: number): void {
    // Messages of the same kind of failure differ only in numbers, such as addresses and steps.
    const kind = withoutNumbers(message);
    const known = [...this.#runs.keys()].find((other) => withoutNumbers(other) === kind);
    if (known !== undefined) this.#runs.set(known, this.#runs.get(known)! + runs);
    else if (this.#runs.size < mostMessages) this.#runs.set(message, runs);
  }
}

const withoutNumbers = (message: string) => message.replace(/\d+/g, 'N');

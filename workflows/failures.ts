import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, rootCause } from '@temporalio/workflow';
import type { RunFailure } from '../activities/contract.ts';
import { failureCategories } from '../lib/study/failure.ts';
import type { FailureSummary } from './messages.ts';

/** What the final failure of an activity means: its category is the type that activities/attempts.ts gave it. */
export function failureOf(error: unknown): RunFailure {
  const message = rootCause(error) ?? String(error);
  let cause = error;
  while (cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure) cause = cause.cause;
  if (!(cause instanceof ApplicationFailure))
    // A time-out: workers were lost repeatedly.
    return { category: 'crash', message };
  const type = cause.type === 'usage' ? 'input' : cause.type;
  return { category: failureCategories.find((category) => category === type) ?? 'internal', message };
}

/** Whether a failure is due to the environment or the data rather than to one run, so that the next run would fail too. */
export const concernsAll = ({ category }: RunFailure) => category === 'input' || category === 'infrastructure';

const mostMessages = 50;
const longestMessage = 300;

/** Counts the failures of a population's runs by their messages. */
export class FailureTally {
  #first: string | undefined;
  readonly #runs: Map<string, number>;

  /** @param carried what an earlier execution of the workflow counted */
  constructor(carried?: { first: string; runs: [message: string, runs: number][] } | null) {
    this.#first = carried?.first;
    this.#runs = new Map(carried?.runs ?? []);
  }

  add(name: string, { message }: RunFailure): void {
    const short = message.slice(0, longestMessage);
    this.#first ??= `${name}: ${short}`;
    // Without their numbers, such as addresses and steps, messages of the same failure are equal.
    const kind = short.replace(/\d+/g, 'N');
    const known = [...this.#runs.keys()].find((other) => other.replace(/\d+/g, 'N') === kind);
    if (known !== undefined) this.#runs.set(known, this.#runs.get(known)! + 1);
    else if (this.#runs.size < mostMessages) this.#runs.set(short, 1);
  }

  get carried(): { first: string; runs: [message: string, runs: number][] } | null {
    return this.#first === undefined ? null : { first: this.#first, runs: [...this.#runs] };
  }

  get summary(): FailureSummary | null {
    if (this.#first === undefined) return null;
    const [message, runs] = [...this.#runs].reduce((most, entry) => (entry[1] > most[1] ? entry : most));
    return { first: this.#first, commonest: { message, runs } };
  }
}

import type { PartActivity, PartProgress } from './part.ts';

/** The output for progress: a terminal is updated in place; anything else gets a line for each change of state. */
export interface ProgressOutput {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows the progress of a set-up, one line per part. */
export class ProgressLines {
  readonly #output: ProgressOutput;
  /** The part that the last line is about. */
  #part = '';
  #state = '';

  constructor(output: ProgressOutput = process.stderr) {
    this.#output = output;
  }

  readonly update = ({ part, activity }: PartProgress): void => {
    const inPlace = this.#output.isTTY === true;
    const text = `${part}: ${describe(activity, inPlace)}`;
    if (inPlace) {
      const start = part === this.#part ? '\r\u001b[K' : '';
      this.#output.write(`${start}${text}${isOver(activity) ? '\n' : ''}`);
    } else {
      if (part !== this.#part || activity.state !== this.#state) this.#output.write(`${text}\n`);
      this.#state = activity.state;
    }
    this.#part = isOver(activity) ? '' : part;
  };

  /** Ends a line that a failure left open. */
  readonly end = (): void => {
    if (this.#output.isTTY === true && this.#part !== '') this.#output.write('\n');
    this.#part = '';
  };
}

const isOver = ({ state }: PartActivity): boolean => state === 'done' || state === 'omitted';

function describe(activity: PartActivity, percent: boolean): string {
  switch (activity.state) {
    case 'waiting':
      return 'waiting for another set-up to finish';
    case 'downloading':
      return `downloading ${megabytes(activity.of)} MB${percent ? `, ${Math.round((100 * activity.bytes) / activity.of)} %` : ''}`;
    case 'unpacking':
    case 'compiling':
      return activity.state;
    case 'omitted':
      return `omitted: ${activity.reason}`;
    case 'done':
      return `done in ${activity.seconds.toFixed(activity.seconds < 10 ? 1 : 0)} s`;
  }
}

const megabytes = (bytes: number) => Math.round(bytes / 1e6);

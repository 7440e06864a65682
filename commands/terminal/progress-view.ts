import cliProgress from 'cli-progress';
import { imagesPerSecond, settled, type DatasetStatus, type StudyStatus } from '../../control/status.ts';
import type { RunCounts } from '../../lib/study/outcome.ts';
import { preciseDuration } from '../../lib/report/words/units.ts';
import { coloured, type Colours } from './print.ts';
import { printable } from '../../lib/core/printable.ts';

/** Shows the progress of a study. */
export interface ProgressView {
  update(status: StudyStatus): void;
  /** Leaves the display as it is, and releases the terminal. */
  stop(): void;
}

export interface ProgressOutput extends NodeJS.WritableStream {
  isTTY?: boolean;
  rows?: number;
  columns?: number;
}

/** Label of the bar for all datasets together, and maximum characters of any label. */
const allLabel = 'all';
const longestLabel = 26;

/** Sums several datasets as if they were one. */
function sumOf(datasets: readonly DatasetStatus[], name: string): DatasetStatus {
  const sum = (count: keyof RunCounts | 'total') => datasets.reduce((total, dataset) => total + dataset[count], 0);
  return {
    dataset: name,
    total: sum('total'),
    ...{ finished: sum('finished'), reused: sum('reused'), diverged: sum('diverged'), failed: sum('failed') },
    running: datasets.flatMap(({ running }) => running),
    hold: null,
    failures: null,
  };
}

/** Returns the datasets, or one entry for all of them if there are more than can be shown. */
const shownDatasets = (datasets: readonly DatasetStatus[], most: number): readonly DatasetStatus[] =>
  datasets.length <= most ? datasets : [sumOf(datasets, `${datasets.length} datasets`)];

/** Makes a view with bars on a terminal, otherwise with occasional lines. */
export function progressView(output: ProgressOutput = process.stderr): ProgressView {
  return new HarmlessView(output.isTTY === true ? new Bars(output) : new Lines(output));
}

/** A view that is abandoned if it fails, because an error in drawing progress must not end the work itself. */
class HarmlessView implements ProgressView {
  #view: ProgressView | undefined;

  constructor(view: ProgressView) {
    this.#view = view;
  }

  update(status: StudyStatus): void {
    this.#harmlessly((view) => view.update(status));
  }

  stop(): void {
    this.#harmlessly((view) => view.stop());
  }

  #harmlessly(draw: (view: ProgressView) => void): void {
    if (this.#view === undefined) return;
    try {
      draw(this.#view);
    } catch (error) {
      this.#view = undefined;
      process.stderr.write(`Progress is no longer shown: ${(error as Error).message}
`);
    }
  }
}

/** Shows a bar for each dataset, and below them a line for the whole study. */
class Bars implements ProgressView {
  readonly #stream: ProgressOutput;
  readonly #barSize: number;
  readonly #bars: cliProgress.MultiBar;
  readonly #most: number;
  readonly #byDataset = new Map<string, cliProgress.SingleBar>();
  #summary: cliProgress.SingleBar | undefined;
  readonly #begun = Date.now();

  constructor(stream: ProgressOutput) {
    this.#stream = stream;
    this.#barSize = Math.max(8, Math.min(24, columnsOf(stream) - 66));
    // Bars that leave the screen cannot be drawn again.
    this.#most = Math.max(1, (stream.rows ?? 24) - 4);
    this.#bars = new cliProgress.MultiBar(
      {
        stream,
        format: '{label} {bar} {value}/{total} {detail}',
        barsize: this.#barSize,
        hideCursor: true,
        emptyOnZero: true,
        // The command itself handles Ctrl-C.
        gracefulExit: false,
      },
      cliProgress.Presets.shades_classic,
    );
  }

  update(status: StudyStatus): void {
    // The lines for the whole study are below the datasets' lines, so they wait for them.
    if (status.datasets.length === 0) return;
    const datasets = shownDatasets(status.datasets, this.#most);
    const label = (name: string) => (name.length > longestLabel ? `${name.slice(0, longestLabel - 1)}…` : name);
    const width = Math.max(allLabel.length, ...datasets.map(({ dataset }) => label(dataset).length));
    for (const dataset of datasets) this.#show(dataset.dataset, label(dataset.dataset).padEnd(width), dataset);
    if (datasets.length > 1) this.#show(allLabel, allLabel.padEnd(width), sumOf(status.datasets, allLabel));
    this.#summary ??= this.#bars.create(1, 0, { text: '' }, { format: '{text}' });
    const elapsed = `${preciseDuration((Date.now() - this.#begun) / 1000)} elapsed`;
    this.#summary.update(0, { text: `${describeWhole(status)}, ${elapsed}` });
    this.#bars.update();
  }

  #show(name: string, label: string, dataset: DatasetStatus): void {
    const before = [label, '', `${dataset.total}/${dataset.total}`, ''].join(' ').length + this.#barSize;
    const detail = coloured(describeDataset(dataset, columnsOf(this.#stream) - before), endColours, this.#stream);
    const payload = { label: printable(label), detail };
    let bar = this.#byDataset.get(name);
    if (bar === undefined) {
      bar = this.#bars.create(dataset.total, 0, payload);
      this.#byDataset.set(name, bar);
    }
    bar.setTotal(dataset.total);
    bar.update(settled(dataset), payload);
  }

  stop(): void {
    this.#bars.update();
    this.#bars.stop();
  }
}

/** Milliseconds between lines. */
const lineInterval = 5000;
const mostOnALine = 15;

/** Writes a line whenever something has changed, but not too often. */
class Lines implements ProgressView {
  readonly #output: NodeJS.WritableStream;
  #last = { text: '', stage: '' as StudyStatus['stage'] | '', at: 0 };

  constructor(output: NodeJS.WritableStream) {
    this.#output = output;
  }

  update(status: StudyStatus): void {
    const runs = shownDatasets(status.datasets, mostOnALine).map(
      (dataset) =>
        `${printable(dataset.dataset)} ${settled(dataset)}/${dataset.total}${parenthesised(describeEnds(dataset))}`,
    );
    const text = [describeWhole(status), ...runs].join(', ');
    const now = Date.now();
    const due = status.stage !== this.#last.stage || now - this.#last.at >= lineInterval;
    if (!due || text === this.#last.text) return;
    this.#last = { text, stage: status.stage, at: now };
    this.#output.write(`${text}\n`);
  }

  stop(): void {}
}

const endColours: Colours = [
  [/\d+ failed/, 'red'],
  [/\d+ diverged/, 'yellow'],
];

const parenthesised = (text: string) => (text === '' ? '' : ` (${text})`);

/** Returns e.g. `1 failed, 3 reused`; empty if all runs were trained and succeeded. */
const describeEnds = (dataset: DatasetStatus): string => ends(dataset).join(', ');

const ends = ({ failed, diverged, reused }: DatasetStatus): string[] =>
  [
    [failed, 'failed'],
    [diverged, 'diverged'],
    [reused, 'reused'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, what]) => `${count} ${what}`);

/** Returns the text after a bar: the most important parts first, as many as there is room for. */
function describeDataset(dataset: DatasetStatus, room: number): string {
  const speed = imagesPerSecond(dataset);
  const parts = ['runs', ...ends(dataset), ...(speed === 0 ? [] : [`${Math.round(speed)} images/s`])];
  while (parts.length > 1 && parts.join(', ').length > room) parts.pop();
  return parts.join(', ');
}

const columnsOf = ({ columns = 80 }: ProgressOutput) => columns;

const stateInWords: Record<Exclude<StudyStatus['state'], 'running'>, string> = {
  waiting: 'waiting for workers',
  paused: 'paused; resume continues it',
  held: 'on hold, because it would fail again; resume continues it once the cause is fixed',
  finished: 'finished',
  failed: 'failed',
  cancelled: 'cancelled',
  unreachable: 'waiting for the Temporal server',
  stopped: 'stopped; repeat its start command to continue it',
  unreadable: 'cannot be read',
};

/** Returns the first line of a message, without a process's output, for use in a longer line. */
const firstLine = (text: string): string => {
  const line = printable(text.split('\n')[0]!).replace(/; its last output:$/, '');
  return line.length > longestMessage ? `${line.slice(0, longestMessage - 1)}…` : line;
};

const longestMessage = 120;

/** Describes stage, speed and time left of a whole study, e.g. as `training, 4210 images/s, 1 min 20 s left`. */
export function describeWhole(status: StudyStatus): string {
  const speed = status.datasets.reduce((sum, dataset) => sum + imagesPerSecond(dataset), 0);
  const { secondsLeft, retries } = status;
  const isStuck = retries.length > 0 && status.datasets.every(({ running }) => running.length === 0);
  return [
    status.state === 'running' ? (status.stage ?? 'running') : stateInWords[status.state],
    status.state === 'waiting' && status.failure !== null ? status.failure : '',
    speed === 0 ? '' : `${Math.round(speed)} images/s`,
    // The time estimated from successful steps does not apply to failing ones.
    secondsLeft === null || isStuck ? '' : `${preciseDuration(secondsLeft)} left`,
    retries.length === 0
      ? ''
      : `${retries.length} waiting for another attempt after: ${firstLine(retries[0]!.lastFailure)}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

import type { LiveDataset, LiveState } from '../live/live-state.ts';
import { duration } from '../words/units.ts';
import { create } from './elements.ts';

/** The script of the live page: shows what the server sends. */
const element = (id: string) => document.getElementById(id)!;
type Progress = Omit<LiveState, 'at' | 'failures' | 'results'>;

let progress: Progress | undefined;
let results: LiveState['results'] | null = null;
let at = Date.now();
let isConnected = false;
/** Numbers of ended trainings over the last minutes, from which the throughput is computed. */
const looks: { at: number; ended: number }[] = [];
const lookBack = 10 * 60_000;

const events = new EventSource('events');
events.onopen = () => (isConnected = true);
events.onerror = () => (isConnected = false);
const on = <T>(part: string, handle: (value: T) => void) =>
  events.addEventListener(part, ({ data }: MessageEvent<string>) => {
    isConnected = true;
    handle(JSON.parse(data) as T);
  });
on<Progress>('progress', (value) => {
  progress = value;
  showProgress(value);
});
on<LiveState['failures']>('failures', showFailures);
on<LiveState['results'] | null>('results', (value) => {
  results = value;
  showResults(value);
});
on<number>('at', (value) => {
  at = value;
  if (progress === undefined) return;
  looks.push({ at, ended: endedOf(progress) });
  while (looks[0]!.at < at - lookBack) looks.shift();
});

const endedOf = ({ datasets }: Progress) => datasets.reduce((sum, dataset) => sum + settled(dataset), 0);

function showProgress(state: Progress): void {
  element('rehearsal').replaceChildren(
    ...(state.isRehearsal ? [warning('This is a rehearsal: every number is simulated, nothing is trained.')] : []),
  );
  element('failure').replaceChildren(...(state.failure === null ? [] : [warning(state.failure)]));
  const [ended, total] = [endedOf(state), state.datasets.reduce((sum, dataset) => sum + dataset.total, 0)];
  const bar = create('progress', { max: Math.max(1, total), value: ended, className: 'overall' });
  bar.setAttribute('aria-label', 'All trainings');
  element('overall').replaceChildren(
    bar,
    create('p', {}, `${ended.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} trainings have ended`),
  );
  element('datasets').replaceChildren(
    tableOf(
      ['dataset', '', 'trainings', 'finished', 'reused', 'diverged', 'failed', 'on hold because'],
      state.datasets.map((of) => {
        const own = create('progress', { max: of.total, value: settled(of), title: `${settled(of)} of ${of.total}` });
        own.setAttribute('aria-label', of.dataset);
        return [
          of.dataset,
          own,
          ...[of.total, of.finished, of.reused, of.diverged, of.failed].map(String),
          of.hold ?? '',
        ];
      }),
    ),
  );
  const running = state.datasets.flatMap(({ dataset, running: runs }) => runs.map((run) => ({ dataset, ...run })));
  element('running').replaceChildren(
    running.length === 0
      ? create('p', {}, 'Nothing is being trained at the moment.')
      : tableOf(
          ['training', 'on', 'attempt', 'progress', 'why the attempt before ended'],
          running.map((of) => [of.name, of.dataset, String(of.attempt), of.progress, of.lastFailure ?? '']),
        ),
  );
}

function showFailures(failures: LiveState['failures']): void {
  element('failures').replaceChildren(
    failures.length === 0
      ? create('p', {}, 'No training has failed or diverged.')
      : tableOf(
          ['training', 'on', 'cause', 'what happened'],
          [...failures].reverse().map((of) => [of.run, of.dataset, of.category, of.message]),
        ),
  );
}

function showResults(results: LiveState['results'] | null): void {
  element('findings').replaceChildren(
    ...(results == null
      ? [create('p', {}, 'Too few trainings have ended to say anything.')]
      : results.findings.flatMap(({ headline, sentence, evidence }) => [
          create('h3', {}, headline),
          create('p', {}, sentence),
          create('ul', {}, ...evidence.map((line) => create('li', {}, line))),
        ])),
  );
  element('charts').replaceChildren(
    ...(results?.charts ?? []).map(({ alternative, svg }) => {
      const drawing = create('div', { className: 'scroll' });
      drawing.setAttribute('role', 'img');
      drawing.setAttribute('aria-label', alternative);
      // Drawn by the server, with all names escaped.
      drawing.innerHTML = svg;
      return create('figure', {}, drawing);
    }),
  );
}

const settled = ({ finished, reused, diverged, failed }: LiveDataset) => finished + reused + diverged + failed;

const warning = (text: string) => create('p', { className: 'warning' }, text);

function tableOf(header: readonly string[], rows: readonly (readonly (string | Node)[])[]): HTMLElement {
  const line = (tag: 'td' | 'th', cells: readonly (string | Node)[]) =>
    create('tr', {}, ...cells.map((cell) => create(tag, {}, cell)));
  return create(
    'div',
    { className: 'scroll' },
    create(
      'table',
      {},
      create('thead', {}, line('th', header)),
      create('tbody', {}, ...rows.map((row) => line('td', row))),
    ),
  );
}

function tellAge(): void {
  if (progress === undefined) return;
  const { state, stage, secondsLeft } = progress;
  const [first, last] = [looks[0], looks.at(-1)];
  const hours = first === undefined ? 0 : (last!.at - first.at) / 3.6e6;
  const perHour = hours > 0 ? (last!.ended - first!.ended) / hours : 0;
  const parts = [
    `${state}${stage === null || stage === state ? '' : `, ${stage}`}`,
    ...(perHour > 0 ? [`${perHour < 10 ? perHour.toFixed(1) : Math.round(perHour)} trainings an hour`] : []),
    ...(secondsLeft === null ? [] : [`about ${duration(1000 * secondsLeft)} left`]),
  ];
  const connection = isConnected ? '' : ' The server cannot be reached; trying again.';
  element('age').textContent = `${parts.join(' · ')}; looked at ${duration(Date.now() - at)} ago.${connection}`;
  element('results-age').textContent =
    results == null ? '' : `From ${results.runs} trainings that had ended ${duration(Date.now() - results.at)} ago.`;
}
setInterval(tellAge, 1000);

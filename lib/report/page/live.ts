import type { LiveDataset, LiveState } from '../live/live-state.ts';
import { create } from './elements.ts';

/** The script of the live page: shows what the server tells, as it tells it. */
const place = (id: string) => document.getElementById(id)!;
let latest: LiveState | undefined;
let isConnected = false;

const events = new EventSource('events');
events.onopen = () => (isConnected = true);
events.onerror = () => (isConnected = false);
events.onmessage = ({ data }: MessageEvent<string>) => {
  isConnected = true;
  const before = latest;
  latest = JSON.parse(data) as LiveState;
  show(latest, before === undefined || before.results?.at !== latest.results?.at);
};

function show(state: LiveState, hasNewResults: boolean): void {
  place('rehearsal').replaceChildren(
    ...(state.isRehearsal ? [warning('This is a rehearsal: every number is simulated, nothing is trained.')] : []),
  );
  place('failure').replaceChildren(...(state.failure === null ? [] : [warning(state.failure)]));
  place('datasets').replaceChildren(
    tableOf(
      ['dataset', '', 'runs', 'finished', 'reused', 'diverged', 'failed', 'holds'],
      state.datasets.map((of) => [
        of.dataset,
        create('progress', { max: of.total, value: settled(of), title: `${settled(of)} of ${of.total}` }),
        ...[of.total, of.finished, of.reused, of.diverged, of.failed].map(String),
        of.hold ?? '',
      ]),
    ),
  );
  const running = state.datasets.flatMap(({ dataset, running: runs }) => runs.map((run) => ({ dataset, ...run })));
  place('running').replaceChildren(
    running.length === 0
      ? create('p', {}, 'Nothing is being trained at the moment.')
      : tableOf(
          ['run', 'on', 'attempt', 'progress', 'why the attempt before ended'],
          running.map((of) => [of.name, of.dataset, String(of.attempt), of.progress, of.lastFailure ?? '']),
        ),
  );
  place('failures').replaceChildren(
    state.failures.length === 0
      ? create('p', {}, 'No run has failed or diverged.')
      : tableOf(
          ['run', 'on', 'cause', 'what happened'],
          [...state.failures].reverse().map((of) => [of.run, of.dataset, of.category, of.message]),
        ),
  );
  if (hasNewResults) showResults(state);
}

function showResults({ results }: LiveState): void {
  place('findings').replaceChildren(
    ...(results === undefined
      ? [create('p', {}, 'Too few runs have ended to say anything.')]
      : results.findings.flatMap(({ sentence, evidence }) => [
          create('p', { className: 'answer' }, sentence),
          create('ul', {}, ...evidence.map((line) => create('li', {}, line))),
        ])),
  );
  place('charts').replaceChildren(
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

/** E.g. "12 s" or "3 min". */
function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  return seconds < 120
    ? `${seconds} s`
    : seconds < 7200
      ? `${Math.round(seconds / 60)} min`
      : `${Math.round(seconds / 3600)} h`;
}

function tellAge(): void {
  if (latest === undefined) return;
  const { state, stage, at, secondsLeft, results } = latest;
  const left = secondsLeft === null ? '' : `, about ${span(1000 * secondsLeft)} left`;
  const connection = isConnected ? '' : ' The server is out of reach; trying again.';
  place('age').textContent =
    `${state}${stage === null || stage === state ? '' : `, ${stage}`}${left}; looked at ${span(Date.now() - at)} ago.${connection}`;
  place('results-age').textContent =
    results === undefined ? '' : `From ${results.runs} runs that had ended ${span(Date.now() - results.at)} ago.`;
}
setInterval(tellAge, 1000);

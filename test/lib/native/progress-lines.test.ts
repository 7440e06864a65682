import { expect, test } from 'vitest';
import type { PartProgress } from '../../../lib/native/part.ts';
import { ProgressLines } from '../../../lib/native/progress-lines.ts';

const steps: PartProgress[] = [
  { part: 'libtensorflow', activity: { state: 'downloading', bytes: 27e6, of: 270e6 } },
  { part: 'libtensorflow', activity: { state: 'downloading', bytes: 135e6, of: 270e6 } },
  { part: 'libtensorflow', activity: { state: 'unpacking' } },
  { part: 'libtensorflow', activity: { state: 'done', seconds: 12.3 } },
  { part: 'tfjs binding', activity: { state: 'waiting' } },
  { part: 'tfjs binding', activity: { state: 'done', seconds: 8.96 } },
];

function shown(isTTY: boolean, progress: readonly PartProgress[]): string {
  let text = '';
  const lines = new ProgressLines({ isTTY, write: (chunk) => (text += chunk) });
  progress.forEach(lines.update);
  lines.end();
  return text;
}

test('a file gets a line for each change of state', () => {
  expect(shown(false, steps).split('\n')).toEqual([
    'libtensorflow: downloading 270 MB',
    'libtensorflow: unpacking',
    'libtensorflow: done in 12 s',
    'tfjs binding: waiting for another set-up to finish',
    'tfjs binding: done in 9.0 s',
    '',
  ]);
});

test('a terminal shows one line per part, updated in place', () => {
  const text = shown(true, steps);
  expect(text).toContain('\r\u001b[Klibtensorflow: downloading 270 MB, 50 %');
  // What stays to be read: of each line, what was written last.
  expect(text.split('\n').map((line) => line.split('\r\u001b[K').at(-1))).toEqual([
    'libtensorflow: done in 12 s',
    'tfjs binding: done in 9.0 s',
    '',
  ]);
});

test('a failure ends the line that it left open', () => {
  expect(shown(true, steps.slice(0, 1))).toBe('libtensorflow: downloading 270 MB, 10 %\n');
});

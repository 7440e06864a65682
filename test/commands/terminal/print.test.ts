import { afterEach, describe, expect, test, vi } from 'vitest';
import { coloured } from '../../../commands/terminal/print.ts';
import { stateColours, statusColours } from '../../../commands/terminal/status-text.ts';

const terminal = { isTTY: true };
const [red, green, yellow] = [31, 32, 33].map((code) => (text: string) => `\u001b[${code}m${text}\u001b[39m`) as [
  (text: string) => string,
  (text: string) => string,
  (text: string) => string,
];

afterEach(() => vi.unstubAllEnvs());

describe('colours', () => {
  test('are only on terminals, and not if NO_COLOR is set', () => {
    vi.stubEnv('NO_COLOR', '');
    expect(coloured('ok, then', [[/^ok/, 'green']], terminal)).toBe(`${green('ok')}, then`);
    expect(coloured('ok, then', [[/^ok/, 'green']], { isTTY: undefined })).toBe('ok, then');
    vi.stubEnv('NO_COLOR', '1');
    expect(coloured('ok, then', [[/^ok/, 'green']], terminal)).toBe('ok, then');
  });

  test('distinguish good, attention and failure, in a list and in a status', () => {
    vi.stubEnv('NO_COLOR', '');
    const list = ['study       state', 'finished  finished', 'mine:2        held', 'failed      failed'].join('\n');
    expect(coloured(list, stateColours, terminal)).toBe(
      [
        'study       state',
        `finished  ${green('finished')}`,
        `mine:2        ${yellow('held')}`,
        `failed      ${red('failed')}`,
      ].join('\n'),
    );
    const status = [
      'mine: on hold, because it would fail again',
      'dataset  runs  failed',
      '  mnist is on hold: train arch-001: no disk',
      '  first failure on mnist: no disk',
    ].join('\n');
    expect(coloured(status, statusColours, terminal)).toBe(
      [
        `mine: ${yellow('on hold')}, because it would fail again`,
        'dataset  runs  failed',
        `  mnist ${yellow('is on hold')}: train arch-001: no disk`,
        `  ${red('first failure')} on mnist: no disk`,
      ].join('\n'),
    );
  });
});

import { readFile } from 'node:fs/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { reportError } from '../../commands/run-program.ts';
import { ConfigError } from '../../lib/core/errors.ts';
import { makeFolder } from '../../lib/core/files/make-folder.ts';

afterEach(() => vi.restoreAllMocks());

/** What is printed of an error, and the exit code. */
function reported(error: unknown): { text: string; code: number } {
  let text = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += chunk.toString();
    return true;
  });
  const code = reportError(error);
  vi.restoreAllMocks();
  return { text, code };
}

test('a system error is reported in one line with its path, without a stack', async () => {
  const { text, code } = reported(await readFile('/proc/1/mem', { flag: 'wx' }).catch((error: unknown) => error));
  expect(text).toMatch(/^E[A-Z]+: .*'\/proc\/1\/mem'\n$/);
  expect(code).toBe(1);
  for (const system of ['EACCES', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EEXIST', 'EISDIR', 'EXDEV', 'ETXTBSY'])
    expect(reported(Object.assign(new Error(`${system}: x '/p'`), { code: system, syscall: 'open' })).text).toBe(
      `${system}: x '/p'\n`,
    );
});

test('a folder that cannot be made in a special file system is reported in the same way', async () => {
  const { text, code } = reported(await makeFolder('/proc/1/cache/bundles').catch((error: unknown) => error));
  expect(text).toMatch(/^E[A-Z]+: .*mkdir '\/proc\/1\/cache'\n$/);
  expect(code).toBe(1);
});

test('an expected error is printed as its message, harmless on a terminal; any other with its stack', () => {
  expect(reported(new ConfigError('It is\u001b[2J wrong', ['a\nb']))).toEqual({
    text: 'It is\\u{1b}[2J wrong:\n  a b\n',
    code: 2,
  });
  expect(reported(new TypeError('a fault')).text).toMatch(/^TypeError: a fault\n +at /);
});

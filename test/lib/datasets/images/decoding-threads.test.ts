import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  decodingAdvice,
  decodingEnvironment,
  decodingThreads,
  poolVariable,
} from '../../../../lib/datasets/images/decoding-threads.ts';

describe('the threads that decode', () => {
  test.each([
    [2, {}, 2],
    [16, {}, 4],
    [16, { [poolVariable]: '16' }, 16],
    [16, { [poolVariable]: '64' }, 16],
    [16, { [poolVariable]: 'many' }, 4],
  ])('on %d cores with %j are %d', (cores, env, threads) => {
    expect(decodingThreads(cores, env)).toBe(threads);
  });

  test('are as many as there are cores in a process with their environment, and otherwise it says what to do', () => {
    expect(decodingThreads(16, decodingEnvironment(16, {}))).toBe(16);
    expect(decodingEnvironment(2, {})).toEqual({ [poolVariable]: '4' });
    expect(decodingEnvironment(16, { [poolVariable]: '8' })).toEqual({ [poolVariable]: '8' });
    expect(decodingAdvice(16, {})).toBe(
      'images are decoded on 4 of 16 cores: set UV_THREADPOOL_SIZE=16 before this program is started to use all',
    );
    expect(decodingAdvice(4, {})).toBeUndefined();
  });

  test('are those of libuv: images wait for other work on its threads, unless there are enough', async () => {
    // Four key derivations keep four threads busy; a tiny image is decoded before they end only if there is a fifth.
    const script = `
      import { pbkdf2 } from 'node:crypto';
      import sharp from 'sharp';
      let busy = 4;
      for (let i = 0; i < 4; i++) pbkdf2('a', 'b', 1_500_000, 32, 'sha512', () => busy--);
      await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } }).raw().toBuffer();
      process.stdout.write(String(busy));
      process.exit();`;
    const run = (env: object) =>
      promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
        env: { ...process.env, [poolVariable]: undefined, ...env },
      }).then(({ stdout }) => stdout);
    expect(await run(decodingEnvironment(8, {}))).toBe('4');
    expect(Number(await run({}))).toBeLessThan(4);
  });
});

import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  decodingAdvice,
  decodingEnvironment,
  decodingThreads,
  poolVariable,
} from '../../../../lib/datasets/images/decoding-threads.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

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
      'images are decoded on 4 of 16 cores: set UV_THREADPOOL_SIZE=16 before starting this program to use all of them',
    );
    expect(decodingAdvice(4, {})).toBeUndefined();
  });

  test.each([
    ['16 threads', decodingEnvironment(16, {}), 16],
    ["Node's own 4", {}, 4],
  ])(
    'are those of libuv, which has %s: with all but one of them blocked an image is decoded, with all it waits',
    async (_what, env, size) => {
      const folder = await temporaryFolder();
      const pipes = Array.from({ length: size }, (_, index) => join(folder, `pipe-${index}`));
      await promisify(execFile)('mkfifo', pipes);
      // A pipe is not open before somebody writes to it: until then, a thread is blocked.
      const script = `
      import { open, writeSync } from 'node:fs';
      import sharp from 'sharp';
      const end = (what) => (writeSync(1, what), process.kill(process.pid, 'SIGKILL'));
      for (const pipe of process.argv.slice(1)) open(pipe, () => undefined);
      setTimeout(() => end('waits'), 1000);
      await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } }).raw().toBuffer();
      end('decoded');`;
      const withBlocked = async (threads: number) => {
        const args = ['--input-type=module', '--eval', script, ...pipes.slice(0, threads)];
        const child = spawn(process.execPath, args, { env: { ...process.env, [poolVariable]: undefined, ...env } });
        return text(child.stdout);
      };
      expect(await withBlocked(size - 1)).toBe('decoded');
      expect(await withBlocked(size)).toBe('waits');
    },
  );
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

/** A process that says when it is ready, when it was interrupted and when it was forced, and then needs 10 s to end by itself. */
const program = `
  import { Interruption } from './commands/interruption.ts';
  const interruption = new Interruption({ force: () => process.stdout.write('forced ') });
  process.stdout.write('ready ');
  const patience = setTimeout(() => {}, 10_000);
  await interruption.asked;
  process.stdout.write('asked ');
  if (process.argv[1] === 'quick') clearTimeout(patience);
`;

async function run(argument: string, interrupt: (pid: number) => Promise<void>) {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, argument], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  await once(child.stdout, 'data');
  const exited = once(child, 'exit');
  await interrupt(child.pid as number);
  const [code] = (await exited) as [number | null];
  return { output: output.trim(), code };
}

describe('an interruption', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s is a request, and the process ends in its own way',
    async (signal) => {
      const { output, code } = await run('quick', async (pid) => {
        process.kill(pid, signal);
        await sleep(0);
      });
      expect({ output, code }).toEqual({ output: 'ready asked', code: 0 });
    },
  );

  test('counts once if it is delivered twice at the same time, and is forced by another a moment later', async () => {
    const { output, code } = await run('slow', async (pid) => {
      process.kill(pid, 'SIGINT');
      await sleep(50);
      process.kill(pid, 'SIGINT');
      await sleep(700);
      process.kill(pid, 'SIGINT');
    });
    expect({ output, code }).toEqual({ output: 'ready asked forced', code: 130 });
  });
});

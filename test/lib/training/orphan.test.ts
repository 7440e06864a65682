import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { childModule } from '../../../lib/training/child/bundle.ts';
import { preparedDigits, smallTask } from './small-task.ts';
import { sharedTemporaryFolder } from '../../temporary-folder.ts';

const root = sharedTemporaryFolder();

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** The process id that a process prints for one that it has started. */
async function grandchild({ stdout }: ChildProcess): Promise<number> {
  const [line] = (await once(stdout!.setEncoding('utf8'), 'data')) as [string];
  return Number(line);
}

test('a training whose parent is killed ends', async () => {
  const task = smallTask(root, 'orphaned', await preparedDigits(join(root, 'data')), { epochs: 100_000 });
  const script = join(root, 'parent.mts');
  await writeFile(
    script,
    `import { readFileSync } from 'node:fs';
    import { runTraining } from ${JSON.stringify(fileURLToPath(new URL('../../../lib/training/run.ts', import.meta.url)))};
    const children = () => readFileSync(\`/proc/self/task/\${process.pid}/children\`, 'utf8').trim().split(' ').map(Number);
    const isTraining = (pid: number) => readFileSync(\`/proc/\${pid}/cmdline\`, 'utf8').includes('training-child');
    let known = false;
    await runTraining(${JSON.stringify(task)}, {
      onProgress: () => {
        if (!known) console.log(children().find(isTraining));
        known = true;
      },
    });`,
  );
  const parent = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const training = await grandchild(parent);
  expect(isRunning(training)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isRunning(training), { timeout: 10_000, interval: 100 }).toBe(false);
});

/** A process that starts the watching thread `delay` milliseconds after its own start, and then blocks; and its parent. */
async function blockedTraining(delay: number): Promise<{ parent: ChildProcess; training: number }> {
  const watch = join(await childModule(), '..', 'orphan-watch.cjs');
  const blocked = `const workerData = process.ppid;
    const blocker = new Int32Array(new SharedArrayBuffer(4));
    Atomics.wait(blocker, 0, 0, ${delay});
    new (require('node:worker_threads').Worker)(${JSON.stringify(watch)}, { workerData });
    Atomics.wait(blocker, 0, 0);`;
  const parent = spawn(
    process.execPath,
    [
      '-e',
      `const { pid } = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(blocked)}], { stdio: 'ignore' });
      setTimeout(() => console.log(pid), 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return { parent, training: await grandchild(parent) };
}

test.each([
  ['one in a step of any length is ended by its watching thread', 0],
  ['so is one whose parent ends before the thread has started', 5000],
])('%s', async (_name, delay) => {
  const { parent, training } = await blockedTraining(delay);
  expect(isRunning(training)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isRunning(training), { timeout: 20_000, interval: 100 }).toBe(false);
});

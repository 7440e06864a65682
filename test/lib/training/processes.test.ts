import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bindingFile } from '../../../lib/native/binding.ts';
import { tensorflowLibraries } from '../../../lib/native/tensorflow.ts';
import { runTraining } from '../../../lib/training/run.ts';
import { readState } from '../../../lib/training/state-file.ts';
import { childProcesses, trainingProcesses } from './child-processes.ts';
import { preparedDigits, smallTask } from './small-task.ts';
import { bits } from './stored-state.ts';
import { sharedTemporaryFolder } from '../../temporary-folder.ts';

const root = sharedTemporaryFolder();
let digits: string;
beforeAll(async () => {
  digits = await preparedDigits(join(root, 'data'));
});
afterAll(async () => {
  for (const pid of await trainingProcesses()) process.kill(pid, 'SIGKILL');
});

const trained = async (name: string, protocol: object, standBy: boolean) => {
  const { weightsFile } = await runTraining(smallTask(root, name, digits, protocol), { standBy });
  return bits((await readState(weightsFile!)).state);
};

test('a process on standby carries out the next order, and another one then stands by; the run is no different', async () => {
  const alone = await trained('alone', {}, false);
  expect(await trainingProcesses()).toEqual([]);
  expect(await trained('first', {}, true)).toEqual(alone);
  const [standby, ...others] = await trainingProcesses();
  expect(others).toEqual([]);
  expect(await trained('second', {}, true)).toEqual(alone);
  const [next, ...more] = await trainingProcesses();
  expect(more).toEqual([]);
  expect(next).not.toBe(standby);
  // An order after which none is to follow takes it, and starts none.
  expect(await trained('last', {}, false)).toEqual(alone);
  expect(await trainingProcesses()).toEqual([]);
});

test('one for a GPU has loaded the library but not the binding, which would claim the GPU', async () => {
  const task = { ...smallTask(root, 'gpu', digits), device: { kind: 'gpu', index: 0 } as const };
  await Promise.allSettled([runTraining(task, { standBy: true })]);
  const [standby] = await trainingProcesses();
  const loaded = () => readFile(`/proc/${standby}/maps`, 'utf8');
  await expect.poll(loaded, { timeout: 10_000 }).toContain(tensorflowLibraries[0]);
  expect(await loaded()).not.toContain(bindingFile);
  process.kill(standby!, 'SIGKILL');
});

test('one that was started for another environment stays on standby', async () => {
  await trained('plain', {}, true);
  const [standby] = await trainingProcesses();
  await expect.poll(() => readFile(`/proc/${standby}/maps`, 'utf8'), { timeout: 10_000 }).toContain(bindingFile);
  const other = { ...smallTask(root, 'other', digits, { epochs: 1 }), device: { kind: 'cpu', threads: 2 } as const };
  await runTraining(other);
  expect(await trainingProcesses()).toEqual([standby]);
});

test('one that has died is not waited for', async () => {
  const [standby] = await trainingProcesses();
  process.kill(standby!, 'SIGKILL');
  await expect.poll(childProcesses).not.toContain(standby);
  await trained('after-death', { epochs: 1 }, false);
});

test.each(['done', 'killed'] as const)('a program that is %s ends, along with its standby process', async (end) => {
  const script = join(root, 'program.mts');
  const moduleOf = (path: string) => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)));
  await writeFile(
    script,
    `import { runTraining } from ${moduleOf('../../../lib/training/run.ts')};
    import { childProcesses, trainingProcesses } from ${moduleOf('./child-processes.ts')};
    await runTraining(${JSON.stringify(smallTask(root, `program-${end}`, digits, { epochs: 1 }))}, { standBy: true });
    console.log((await trainingProcesses()).join());
    if (${end === 'killed'}) process.kill(process.pid, 'SIGKILL');`,
  );
  const program = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  program.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  expect(await once(program, 'exit')).toEqual(end === 'done' ? [0, null] : [null, 'SIGKILL']);
  const standby = Number(printed);
  expect(standby).toBeGreaterThan(0);
  const isRunning = () => {
    try {
      return process.kill(standby, 0);
    } catch {
      return false;
    }
  };
  await expect.poll(isRunning, { timeout: 10_000 }).toBe(false);
});

import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { openPreparedDataset } from '../../../lib/datasets/prepared-dataset.ts';
import { childModule } from '../../../lib/training/child/bundle.ts';
import { runTraining, type TrainingTask } from '../../../lib/training/run.ts';
import { childProcesses } from './child-processes.ts';
import { preparedDigits, smallTask } from './small-task.ts';
import { sharedTemporaryFolder } from '../../temporary-folder.ts';

const root = sharedTemporaryFolder();
let digits: string;
beforeAll(async () => {
  digits = await preparedDigits(join(root, 'data'));
  // The bundler is a process of its own, which stays.
  await childModule();
});
afterEach(() => vi.unstubAllEnvs());

const task = (name: string, protocol?: object): TrainingTask => smallTask(root, name, digits, protocol);

/** A copy of the prepared dataset that may be damaged. */
async function copiedDigits(name: string): Promise<string> {
  await cp(join(root, 'data'), join(root, name), { recursive: true });
  return join(root, name, relative(join(root, 'data'), digits));
}

test('a missing GPU', async () => {
  const failing = runTraining({ ...task('gpu'), device: { kind: 'gpu', index: 0 } });
  await expect(failing).rejects.toMatchObject({
    kind: 'no-gpu',
    message: 'GPU 0 was asked for, but TensorFlow sees none (CUDA_VISIBLE_DEVICES=0)',
  });
});

test('float16 on a CPU', async () => {
  await expect(runTraining(task('float16', { precision: 'float16' }))).rejects.toMatchObject({
    kind: 'no-gpu',
    message: expect.stringContaining('bfloat16 and float32 train there') as string,
  });
});

test('a crash of the process, by its signal', async () => {
  const others = await childProcesses();
  const failing = runTraining(task('crash', { epochs: 1000 }), {
    onProgress: () =>
      void childProcesses().then((all) =>
        all.filter((pid) => !others.includes(pid)).forEach((pid) => process.kill(pid, 'SIGSEGV')),
      ),
  });
  await expect(failing).rejects.toMatchObject({
    kind: 'signal',
    message: expect.stringContaining('SIGSEGV') as string,
  });
});

test('memory that runs out', async () => {
  vi.stubEnv('NODE_OPTIONS', '--max-old-space-size=8');
  await expect(runTraining(task('memory'))).rejects.toMatchObject({ kind: 'out-of-memory', isRetryable: true });
});

test('a disk without space', async () => {
  vi.stubEnv('NODE_OPTIONS', `--require ${fileURLToPath(new URL('full-disk.cjs', import.meta.url))}`);
  await expect(runTraining(task('full'))).rejects.toMatchObject({ kind: 'disk-full', isRetryable: true });
});

test('pixels that differ from the manifest', async () => {
  const damaged = await copiedDigits('damaged');
  const { manifest } = await openPreparedDataset(damaged);
  const path = join(damaged, manifest.parent.directory, 'shard-00000.bin');
  const pixels = await readFile(path);
  // Of each image, whichever of them are trained on.
  for (let at = 0; at < pixels.length; at += 784) pixels[at]! ^= 1;
  await writeFile(path, pixels);
  await expect(runTraining({ ...task('damaged'), datasetDirectory: damaged })).rejects.toMatchObject({
    kind: 'damaged-data',
    isRetryable: false,
    message: expect.stringContaining(path) as string,
  });
});

test.each([
  ['not JSON', '}'],
  ['another document', '{ "format": 1 }'],
])('a manifest that is %s', async (what, content) => {
  const damaged = await copiedDigits(what);
  await writeFile(join(damaged, 'manifest.json'), content);
  await expect(runTraining({ ...task(what), datasetDirectory: damaged })).rejects.toMatchObject({
    kind: 'damaged-data',
  });
});

test('a cancelled run ends immediately, along with its process', async () => {
  const others = await childProcesses();
  const cancellation = new AbortController();
  const cancelled = runTraining(task('cancelled', { epochs: 1000 }), {
    signal: cancellation.signal,
    onProgress: () => cancellation.abort(new Error('cancelled')),
  });
  await expect(cancelled).rejects.toThrow('cancelled');
  expect((await childProcesses()).filter((pid) => !others.includes(pid))).toEqual([]);
});

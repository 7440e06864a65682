import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CheckpointUpload, fetchCheckpoint, removeCheckpoints } from '../../../lib/runs/checkpoint-transfer.ts';
import { openDirectoryStore } from '../../../lib/store/directory-store.ts';
import { Checkpoints } from '../../../lib/training/checkpoints.ts';
import { MemoryStore } from '../../memory-store.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const checkpointName = (epochs: number) => `epoch-00000${epochs}.bin`;

test('the store has one checkpoint of a run, however many attempts there were', async () => {
  const store = new MemoryStore();
  const folder = await temporaryFolder();
  const stored = async () => (await store.list('runs/key/')).map((name) => name.split('/').at(-1));
  for (const epochs of [1, 2, 3]) {
    const upload = new CheckpointUpload(store, 'key');
    const path = join(folder, checkpointName(epochs));
    await writeFile(path, `state ${epochs}`);
    upload.offer({ epochs, path });
    await upload.settled();
    expect(await stored()).toEqual([checkpointName(epochs)]);
  }
  // An attempt that begins again must not remove what is further: if it is lost, that is what others go on from.
  const upload = new CheckpointUpload(store, 'key');
  upload.offer({ epochs: 1, path: join(folder, checkpointName(1)) });
  await upload.settled();
  expect(await stored()).toEqual([checkpointName(1), checkpointName(3)]);
});

test('a run goes on from the checkpoint in the store if that of the same name on this machine is damaged', async () => {
  const store = new MemoryStore();
  const folder = await temporaryFolder();
  const checkpoints = new Checkpoints(join(folder, 'checkpoints'), 'key');
  const state = new Map([['weight', Float32Array.of(1, 2, 3)]]);
  await checkpoints.write({ epochs: 1, curve: [], state });
  const path = await checkpoints.write({ epochs: 2, curve: [], state });
  const upload = new CheckpointUpload(store, 'key');
  upload.offer({ epochs: 2, path });
  await upload.settled();
  const whole = await readFile(path);
  const skipped: string[] = [];
  const resumed = async () => (await checkpoints.latest((reason) => skipped.push(reason)))?.epochs;

  for (const damaged of [
    whole.subarray(0, whole.length - 1),
    whole.map((byte, index) => byte ^ Number(index === 60)),
  ]) {
    await writeFile(path, damaged);
    expect(await resumed()).toBe(1);
    await fetchCheckpoint(store, 'key', folder);
    expect(await resumed()).toBe(2);
  }
  expect(skipped).toHaveLength(2);

  // One that can be read and is as new is not fetched.
  await store.put(`runs/key/checkpoints/${checkpointName(2)}`, 'damaged in the store');
  await fetchCheckpoint(store, 'key', folder);
  expect(await resumed()).toBe(2);
});

test('with the checkpoints of a run goes what a killed worker has stored of it in part', async () => {
  const root = await temporaryFolder();
  const store = openDirectoryStore(root);
  await store.put('runs/key/run.json', '{}');
  await store.put(`runs/key/checkpoints/${checkpointName(2)}`, 'state');
  const half = join(root, 'runs/key/checkpoints', `${checkpointName(1)}.1.partial`);
  await writeFile(half, 'half a state');
  await utimes(half, 0, 0);
  await removeCheckpoints(store, 'key');
  expect(await readdir(join(root, 'runs/key/checkpoints'))).toEqual([]);
  expect(await store.list('')).toEqual(['runs/key/run.json']);
});

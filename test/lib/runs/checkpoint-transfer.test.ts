import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CheckpointUpload } from '../../../lib/runs/checkpoint-transfer.ts';
import { MemoryStore } from '../../memory-store.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const checkpointName = (epochs: number) => `epoch-00000${epochs}.bin`;

test('the store has one checkpoint of a run, however many attempts at it there were', async () => {
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

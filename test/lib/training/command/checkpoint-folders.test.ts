import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { unpackFolder } from '../../../../lib/core/files/packed-folder.ts';
import {
  checkpointNames,
  checkpointPath,
  packCheckpoint,
  removeOldCheckpoints,
  tidyCheckpoints,
  unpackCheckpoint,
} from '../../../../lib/training/command/checkpoint-folders.ts';
import { readCurve, writeCurve } from '../../../../lib/training/command/run-folder.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

async function withCheckpoints(...names: string[]): Promise<string> {
  const work = await temporaryFolder();
  await tidyCheckpoints(work);
  for (const name of names) await mkdir(checkpointPath(work, name));
  return work;
}

test('the newest checkpoints are kept, by name with digits as numbers; unfinished ones are removed before an attempt', async () => {
  const work = await withCheckpoints('epoch-9', 'epoch-10', 'epoch-2', 'epoch-11.tmp', '.hidden', 'with space');
  await writeFile(checkpointPath(work, 'epoch-99'), 'no folder');
  expect(await checkpointNames(work)).toEqual(['epoch-2', 'epoch-9', 'epoch-10']);
  await removeOldCheckpoints(work);
  expect(await checkpointNames(work)).toEqual(['epoch-9', 'epoch-10']);
  await tidyCheckpoints(work);
  expect((await readdir(join(work, 'run/checkpoints'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a checkpoint is restored elsewhere, file by file, with the curve', async () => {
  const work = await withCheckpoints('epoch-3');
  const path = checkpointPath(work, 'epoch-3');
  await mkdir(join(path, 'rank-0/empty'), { recursive: true });
  await writeFile(join(path, 'rank-0/state.pt'), Buffer.alloc(100_000, 7));
  await writeFile(join(path, 'äöü 1.json'), '{}');
  await symlink('/etc/passwd', join(path, 'link'));
  const curve = [1, 2, 3].map((epoch) => ({
    ...{ epoch, learningRate: null, trainingLoss: 1 / epoch, validationLoss: null, validationTop1Error: 0.5 },
    ...{ imagesPerSecond: null, metrics: { norm: epoch } },
  }));
  await writeCurve(work, curve);
  const packed = await packCheckpoint(path);
  const elsewhere = await temporaryFolder();
  await unpackCheckpoint(elsewhere, packed);
  expect(await checkpointNames(elsewhere)).toEqual(['epoch-3']);
  expect(await readCurve(elsewhere)).toEqual(curve);
  const files = await readdir(checkpointPath(elsewhere, 'epoch-3'), { recursive: true });
  expect(files.sort()).toEqual(['rank-0', 'rank-0/empty', 'rank-0/state.pt', 'äöü 1.json']);
  expect(await readFile(join(checkpointPath(elsewhere, 'epoch-3'), 'rank-0/state.pt'))).toEqual(
    Buffer.alloc(100_000, 7),
  );
});

test('a checkpoint of a trainer without a curve is restored, too, and another curve is not taken for its own', async () => {
  const work = await withCheckpoints('epoch-3');
  const packed = await packCheckpoint(checkpointPath(work, 'epoch-3'));
  const elsewhere = await temporaryFolder();
  const numbers = { learningRate: null, trainingLoss: 1, validationLoss: null, validationTop1Error: null };
  await writeCurve(elsewhere, [{ epoch: 1, ...numbers, imagesPerSecond: null }]);
  await unpackCheckpoint(elsewhere, packed);
  expect(await checkpointNames(elsewhere)).toEqual(['epoch-3']);
  expect(await readCurve(elsewhere)).toEqual([]);
});

test('an archive whose names lead out of its folder, or that is cut short, is refused', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'archive.tar');
  for (const name of ['../evil', '/tmp/evil', 'a/../../evil']) {
    const archive = pack();
    archive.entry({ name }, 'evil');
    archive.finalize();
    await writeFile(path, await buffer(archive));
    await expect(unpackFolder(path, join(folder, 'out'))).rejects.toThrow('leads out of its folder');
  }
  const link = pack();
  link.entry({ name: 'link', type: 'symlink', linkname: '/etc/passwd' });
  link.finalize();
  await writeFile(path, await buffer(link));
  await expect(unpackFolder(path, join(folder, 'out'))).rejects.toThrow('neither a file nor a folder');
  const whole = pack();
  whole.entry({ name: 'state' }, 'x'.repeat(5000));
  whole.finalize();
  await writeFile(path, (await buffer(whole)).subarray(0, 4000));
  await expect(unpackFolder(path, join(folder, 'out'))).rejects.toThrow('Unexpected end of data');
  expect(await readdir(folder)).toEqual(['archive.tar', 'out']);
});

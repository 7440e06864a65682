import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkDisks } from '../../../runtime/doctor/disk.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const withFree = (free: number) => () => Promise.resolve(free);

test('folders on one file system share its space, including folders that do not exist yet', async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, 'work'));
  const needs = [
    { what: 'prepared datasets', folder: join(root, 'work'), bytes: 30e9 },
    { what: 'results', folder: join(root, 'store', 'not', 'there'), bytes: 40e9 },
  ];
  const statusAt = async (free: number) => (await checkDisks(needs, withFree(free))).map(({ status }) => status);
  expect(await statusAt(69e9)).toEqual(['failure']);
  expect(await statusAt(71e9)).toEqual(['warning']);
  expect(await statusAt(100e9)).toEqual(['ok']);
  expect((await checkDisks(needs, withFree(100e9)))[0]!.detail).toBe(
    `100 GB free in ${join(root, 'work')}, for prepared datasets (30 GB), results (40 GB)`,
  );
});

test('a full disk is a failure whatever is needed, a nearly full one a warning', async () => {
  const needs = [{ what: 'results', folder: await temporaryFolder(), bytes: 0 }];
  expect(await checkDisks(needs, withFree(1000))).toMatchObject([
    { status: 'failure', remedy: expect.any(String) as string },
  ]);
  expect(await checkDisks(needs, withFree(5e9))).toMatchObject([{ status: 'warning' }]);
});

test('the free space is that of the file system', async () => {
  const [finding] = await checkDisks([{ what: 'results', folder: await temporaryFolder(), bytes: 1e18 }]);
  expect(finding).toMatchObject({
    status: 'failure',
    detail: expect.stringMatching(/^[\d.,]+ GB free in /) as string,
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readJsonClass } from '../../../datasets/readers/json-classes.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'json-classes-'));
  path = join(folder, '3.json');
});
afterEach(() => rm(folder, { recursive: true }));

it('reads one image a row and leaves out empty rows', async () => {
  await writeFile(path, '{"data":[[0,1],[],[254,255]]}');
  expect([...(await readJsonClass(path, 2))]).toEqual([0, 1, 254, 255]);
});

it.each([
  ['{"data":[[0,1],[2]]}', 'data[1] must have 2 pixels, got 1'],
  ['{"data":[[0,1],[2,256]]}', 'data[1][1] must be an integer in [0, 255], got 256'],
  ['{"data":[[0,-1]]}', 'data[0][1] must be an integer in [0, 255], got -1'],
  ['{"data":[[0.5,1]]}', 'data[0][0] must be an integer in [0, 255], got 0.5'],
  ['{"data":[[0,"1"]]}', 'data[0][1] must be an integer in [0, 255], got "1"'],
  ['{"data":[[0,1],7]}', 'data[1] must be an array of pixels'],
])('refuses %s, naming row and pixel', async (text, message) => {
  await writeFile(path, text);
  await expect(readJsonClass(path, 2)).rejects.toThrow(`${path}, ${message}`);
});

it.each([
  ['{"images":[]}', 'must be an object whose "data" is an array of images'],
  ['null', 'must be an object whose "data" is an array of images'],
  ['{"data":[[0,', 'must be a JSON file: '],
])('refuses %s, naming the file', async (text, message) => {
  await writeFile(path, text);
  await expect(readJsonClass(path, 2)).rejects.toThrow(`${path} ${message}`);
});

it('names a file that is not there', async () => {
  await expect(readJsonClass(path, 2)).rejects.toThrow(`${path} must exist`);
});

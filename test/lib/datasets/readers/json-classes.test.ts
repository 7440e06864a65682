import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readJsonClass } from '../../../../lib/datasets/readers/json-classes.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

let path: string;
beforeEach(async () => {
  path = join(await temporaryFolder(), '3.json');
});

test.each([
  '{"data":[[0,1],[],[254,255]]}',
  '{"data":[[],[0,1],[254,255],[]]}',
  '{ "data": [[0, 1], [], [2.54e2, 255]] }\n',
  '{"of":"clothes","data":[[0,1],[254,255]]}',
])('reads one image a row of %s, and leaves out empty rows', async (text) => {
  await writeFile(path, text);
  expect([...(await readJsonClass(path, 2))]).toEqual([0, 1, 254, 255]);
});

test.each([
  ['{"data":[[0,1],[2]]}', 'data[1] must have 2 pixels, got 1'],
  ['{"data":[[0,1],[2,256]]}', 'data[1][1] must be an integer in [0, 255], got 256'],
  ['{"data":[[0,-1]]}', 'data[0][1] must be an integer in [0, 255], got -1'],
  ['{"data":[[0.5,1]]}', 'data[0][0] must be an integer in [0, 255], got 0.5'],
  ['{"data":[[0,"1"]]}', 'data[0][1] must be an integer in [0, 255], got "1"'],
  ['{"data":[[0,1],7]}', 'data[1] must be an array of pixels'],
  ['{"data":[[0,1],[2,3,4]]}', 'data[1] must have 2 pixels, got 3'],
  ['{"data":[[0,1000]]}', 'data[0][1] must be an integer in [0, 255], got 1000'],
])('refuses %s, naming row and pixel', async (text, message) => {
  await writeFile(path, text);
  await expect(readJsonClass(path, 2)).rejects.toThrow(`${path}, ${message}`);
});

test.each([
  ['{"images":[]}', 'must be an object whose "data" is an array of images'],
  ['null', 'must be an object whose "data" is an array of images'],
  ['{"data":[[0,', 'must be a JSON file: '],
  ['{"data":[[0,1]]', 'must be a JSON file: '],
  ['{"data":[[0,1],]}', 'must be a JSON file: '],
  ['{"data":[[0,01]]}', 'must be a JSON file: '],
  ['{"data":[[0,1]]}}', 'must be a JSON file: '],
])('refuses %s, naming the file', async (text, message) => {
  await writeFile(path, text);
  await expect(readJsonClass(path, 2)).rejects.toThrow(`${path} ${message}`);
});

test('names a file that is not there', async () => {
  await expect(readJsonClass(path, 2)).rejects.toThrow(`${path} must exist`);
});

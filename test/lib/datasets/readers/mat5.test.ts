import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { readMat5 } from '../../../../lib/datasets/readers/mat5.ts';

/** The golden files are scipy's (golden/meta_mat.py). */
const golden = (name: string) => readFile(new URL(`../golden/${name}`, import.meta.url));

describe('a MATLAB 5 file by scipy', () => {
  test('has its numbers of every kind in column order, its text and its structures', async () => {
    const values = readMat5(await golden('values.mat'), 'values.mat');
    expect(Object.fromEntries(values)).toEqual({
      doubles: { numbers: [1.5, 3, -2, 4e300] },
      singles: { numbers: [0.5, -0.25] },
      small: { numbers: [1, 2, 250] },
      signed: { numbers: [-3, 7] },
      wide: { numbers: [-(2 ** 31), 2 ** 31 - 1] },
      longs: { numbers: [2 ** 40] },
      text: { text: 'nüchtern' },
      empty: { numbers: [] },
      nested: { elements: [{ inner: { elements: [{ value: { numbers: [42] } }] } }] },
    });
  });

  test('in the form of ImageNet has its synsets, compressed', async () => {
    const synsets = readMat5(await golden('meta.mat'), 'meta.mat').get('synsets');
    if (synsets === undefined || !('elements' in synsets)) throw new Error('no synsets');
    expect(synsets.elements).toHaveLength(125);
    expect(synsets.elements[1]).toEqual({
      ILSVRC2012_ID: { numbers: [2] },
      WNID: { text: 'n01478097' },
      words: { text: 'tench 1, Tinca tinca' },
      gloss: { text: 'a thing of the world' },
      num_children: { numbers: [0] },
      children: { numbers: [] },
      wordnet_height: { numbers: [0] },
      num_train_images: { numbers: [1300] },
    });
    expect(synsets.elements[0]!['words']).toEqual({ text: 'überfisch' });
    expect(synsets.elements[124]!['children']).toEqual({ numbers: [1, 2, 300] });
  });
});

describe('any other file is refused, naming it', () => {
  test.each<[string, (bytes: Buffer) => Buffer, string]>([
    ['text', () => Buffer.from('x'.repeat(200)), 'meta.mat must be a MATLAB 5 file (little-endian)'],
    ['nothing', () => Buffer.alloc(0), 'meta.mat must be a MATLAB 5 file (little-endian)'],
    [
      'version 7.3',
      (bytes) => Buffer.concat([bytes.subarray(0, 124), Buffer.from('\x00\x02IM', 'latin1')]),
      'meta.mat must be a MATLAB 5 file',
    ],
    [
      'cut off',
      (bytes) => bytes.subarray(0, 400),
      'meta.mat is damaged or has unsupported content: an element is truncated',
    ],
    ['damaged', (bytes) => Buffer.from(bytes).fill(0x55, 140, 200), 'meta.mat is damaged or has unsupported content'],
  ])('%s', async (_, damage, message) => {
    const bytes = await golden('meta.mat');
    expect(() => readMat5(damage(bytes), 'meta.mat')).toThrow(message);
  });

  test('whatever single byte is wrong, it is read or refused, and ends', async () => {
    const bytes = await golden('values.mat');
    for (let position = 128; position < bytes.length; position++)
      for (const value of [0, 0xff]) {
        const damaged = Buffer.from(bytes);
        damaged[position] = value;
        try {
          readMat5(damaged, 'values.mat');
        } catch (error) {
          expect((error as Error).message).toMatch(/^values.mat is damaged or has unsupported content: /);
        }
      }
  });
});

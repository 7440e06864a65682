import { readFile } from 'node:fs/promises';
import { parquetMetadata } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { mostPredictionsBytes, readPredictions } from '../../../lib/predictions/read-predictions.ts';
import { predictionsDigest, summaryOf } from '../../../lib/predictions/summary.ts';
import { predictionsFile } from '../../../lib/predictions/write-predictions.ts';
import { randomPredictions } from './predictions.ts';

test.each([
  [10_000, 10, 80_000],
  [2000, 2, 20_000],
  [5000, 1000, 110_000],
])(
  'predictions of %i images of %i classes are read as they were written, in at most %i bytes',
  async (images, classes, bytes) => {
    const predictions = randomPredictions(images, classes);
    const file = predictionsFile(predictions);
    expect(file.length).toBeLessThan(bytes);
    // A buffer may be a part of a larger one.
    const part = Buffer.concat([Buffer.from('before'), file]).subarray(6);
    expect(await readPredictions(part, 'p.parquet', images)).toEqual(predictions);
    expect(
      parquetMetadata(file.slice().buffer)
        .schema.slice(1)
        .map(({ name, type }) => [name, type]),
    ).toEqual([
      ['index', 'INT32'],
      ['label', 'INT32'],
      ['probability', 'FLOAT'],
      ...[1, 2, 3, 4, 5].map((rank) => [`top${rank}`, 'INT32']),
    ]);
  },
);

test.each(['pandas.parquet', 'pandas.csv'])(
  'what pandas wrote (%s) is read, and has the digest of our own file',
  async (name) => {
    const bytes = await readFile(new URL(`golden/${name}`, import.meta.url));
    const predictions = await readPredictions(bytes, name, 6);
    expect([...predictions.labels]).toEqual([0, 1, 2, 2, 1, 0]);
    expect(predictions.ranked.map((column) => [...column])).toEqual([
      [0, 1, 1, 2, 0, 0],
      [1, 0, 2, 1, 1, 2],
      [2, 2, 0, 0, 2, 1],
    ]);
    const own = await readPredictions(predictionsFile(predictions), 'own', 6);
    expect(predictionsDigest(own)).toBe(predictionsDigest(predictions));
    expect(summaryOf(own, 3).balancedError).toBeCloseTo(1 / 3, 15);
  },
);

const csv = (...rows: string[]) => Buffer.from(['index,label,probability,top1,top2', ...rows].join('\n'));

test.each([
  [csv('0,0,0.5,0,1'), 'it must have 2 rows, one a test image, got 1'],
  [csv('0,0,0.5,0,1', '2,0,0.5,0,1'), 'column index, row 2: it must be the number of the row, from 0, got 2'],
  [csv('0,0,0.5,0,1', '1,0.5,0.5,0,1'), 'column label, row 2: it must be a class from 0, got 0.5'],
  [csv('0,0,0.5,0,1', '1,,0.5,0,1'), 'column label, row 2: it must be a class from 0, got nothing'],
  [csv('0,0,1.5,0,1', '1,0,0.5,0,1'), 'column probability, row 1: it must be a number from 0 to 1, got 1.5'],
  [csv('0,0,nan,0,1', '1,0,0.5,0,1'), 'column probability, row 1: it must be a number from 0 to 1, got nan'],
  [csv('0,0,0.5,-1,1', '1,0,0.5,0,1'), 'column top1, row 1: it must be a class from 0, got -1'],
  [csv('0,0,0.5,0,1', '1,0,0.5,0,'), 'column top2, row 2: it must be a class from 0, got nothing'],
  [Buffer.from('index,label\n0,1\n1,1\n'), 'column probability is missing (found index, label)'],
  [Buffer.from('PAR1 and nothing else'), 'it is not a readable Parquet file'],
  [Buffer.alloc(mostPredictionsBytes(2) + 1), `it must be at most ${mostPredictionsBytes(2)} bytes for 2 images`],
])('a file that is none is refused, with column and row (%#)', async (bytes, problem) => {
  const reading = readPredictions(bytes, 'theirs', 2);
  await expect(reading).rejects.toThrow('theirs is not a file of predictions');
  await expect(reading).rejects.toThrow(problem);
});

test('a Parquet file that is cut off anywhere, or claims more rows, is refused', async () => {
  const whole = predictionsFile(randomPredictions(100, 10));
  for (let end = 4; end < whole.length; end += 97)
    await expect(readPredictions(whole.subarray(0, end), 'cut', 100)).rejects.toThrow(
      'cut is not a file of predictions',
    );
  await expect(readPredictions(whole, 'longer', 99)).rejects.toThrow('it must have 99 rows, one a test image, got 100');
});

test('text in a column of Parquet is named, and no number', async () => {
  const columnData = ['index', 'label', 'probability', 'top1'].map((name) => ({
    name,
    data: name === 'top1' ? ['0', 'cat'] : [0, name === 'index' ? 1 : 0],
  }));
  const bytes = new Uint8Array(parquetWriteBuffer({ columnData }));
  await expect(readPredictions(bytes, 'text', 2)).rejects.toThrow(
    'column top1, row 2: it must be a class from 0, got cat',
  );
});

import { expect, test } from 'vitest';
import { nativeReadiness } from '../../../lib/native/readiness.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test('the parts that are there are told by name', async () => {
  const { ready, missing } = await nativeReadiness();
  expect(missing).toEqual([]);
  expect(ready).toEqual([
    expect.stringMatching(/^libtensorflow 2/) as string,
    'tfjs binding',
    expect.stringMatching(/^Temporal /) as string,
  ]);
});

test('an empty cache has none, and looking brings none', async () => {
  const cache = await temporaryFolder();
  const { missing } = await nativeReadiness(cache);
  expect(missing).toEqual(expect.arrayContaining(['tfjs binding']));
  expect((await nativeReadiness(cache)).missing).toEqual(missing);
});

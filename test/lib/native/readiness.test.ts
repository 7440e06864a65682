import { expect, test } from 'vitest';
import { nativeReadiness } from '../../../lib/native/readiness.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test('installed parts are named', async () => {
  const { ready, missing, slower } = await nativeReadiness();
  expect([missing, slower]).toEqual([[], []]);
  expect(ready).toEqual([
    expect.stringMatching(/^libtensorflow 2/) as string,
    'tfjs binding',
    expect.stringMatching(/^Temporal /) as string,
    expect.stringMatching(/^own operations \((avx512-bf16|avx512|avx2|baseline)\)$/) as string,
  ]);
});

test('an empty cache has none, and checking installs none', async () => {
  const cache = await temporaryFolder();
  const { missing, slower } = await nativeReadiness(cache);
  expect(missing).toEqual(expect.arrayContaining(['tfjs binding']));
  // What trainings can do without is not missing.
  expect(slower).toEqual([expect.stringMatching(/^own operations /)]);
  expect((await nativeReadiness(cache)).missing).toEqual(missing);
});

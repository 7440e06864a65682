import { mkdir, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { tensorflowEnvironment, tensorflowFolder } from '../../../lib/native/environment.ts';
import { bindingPart } from '../../../lib/native/binding.ts';
import { ensureNativeParts, type PartProgress } from '../../../lib/native/index.ts';
import { operationsArguments, operationsPart } from '../../../lib/native/operations.ts';
import { instructionSet } from '../../../lib/native/processor.ts';
import { nativeReadiness } from '../../../lib/native/readiness.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const cpuinfo = (flags: string) => `processor\t: 0\nflags\t\t: fpu sse2 ${flags} popcnt\nbogomips\t: 5192\n`;
const avx512 = cpuinfo('fma avx2 avx512f avx512dq avx512cd avx512bw avx512vl');

test('operations are compiled for the widest vectors that the processor has', () => {
  expect(instructionSet(avx512)).toMatchObject({ name: 'avx512', lanes: 16 });
  const withBfloat16 = instructionSet(cpuinfo('fma avx2 avx512f avx512dq avx512cd avx512bw avx512vl avx512_bf16'));
  expect(withBfloat16).toMatchObject({ name: 'avx512-bf16', lanes: 16 });
  expect(withBfloat16.flags).toEqual([...instructionSet(avx512).flags, '-mavx512bf16']);
  // The first processors with AVX-512 (Knights Landing) lack most of it.
  expect(instructionSet(cpuinfo('fma avx2 avx512f avx512cd'))).toMatchObject({ name: 'avx2', lanes: 8 });
  expect(instructionSet(cpuinfo('avx'))).toMatchObject({ name: 'baseline', lanes: 8, flags: [] });
  expect(instructionSet('processor\t: 0\nFeatures\t: fp asimd\n')).toMatchObject({ name: 'baseline', lanes: 8 });
});

test('processors with other vectors, and other TensorFlow versions, have their own operations', async () => {
  const parts = await Promise.all([
    operationsPart('/cache/libtensorflow-1', instructionSet(avx512)),
    operationsPart('/cache/libtensorflow-1', instructionSet(cpuinfo('fma avx2'))),
    operationsPart('/cache/libtensorflow-2', instructionSet(avx512)),
  ]);
  expect(new Set(parts.map(({ folder }) => folder)).size).toBe(3);
  expect((await operationsPart('/elsewhere/libtensorflow-1', instructionSet(avx512))).folder).toBe(parts[0].folder);
});

test('the headers are those of the TensorFlow part', () => {
  expect(operationsArguments('/cache/libtensorflow-1', instructionSet(avx512), 'out')).toEqual(
    expect.arrayContaining(['-I/cache/libtensorflow-1/tensorflow/include', '-DLANES=16', '-mavx512bw']),
  );
});

afterEach(() => vi.unstubAllEnvs());

test('without a compiler, the set-up says so and leaves them out; trainings then find none', async () => {
  const installed = tensorflowFolder();
  const home = await temporaryFolder();
  const cache = join(home, 'beyond-imagenet');
  await mkdir(cache);
  // A cache that was filled where there was a compiler, but by a version without operations.
  for (const folder of [basename(installed), (await bindingPart(installed)).folder])
    await symlink(join(dirname(installed), folder), join(cache, folder));
  vi.stubEnv('CXX', '/no/such/compiler');
  const progress: PartProgress[] = [];
  await ensureNativeParts({ parts: ['tensorflow'], cache, onProgress: (step) => progress.push(step) });
  expect(progress.at(-1)).toEqual({
    part: expect.stringMatching(/^own operations/) as string,
    activity: { state: 'omitted', reason: expect.stringContaining('do not compile: /no/such/compiler') as string },
  });
  const { missing, slower } = await nativeReadiness(cache);
  expect(missing).not.toContain('tfjs binding');
  expect(slower).toHaveLength(1);
  const environment = await tensorflowEnvironment({ XDG_CACHE_HOME: home }, join(cache, basename(installed)));
  expect(Object.keys(environment)).toEqual(['BEYOND_IMAGENET_BINDING']);
});

import { expect, test } from 'vitest';
import { TrainingFailure } from '../../../lib/training/failures.ts';
import { cpuHasBfloat16, precisionProblem, resolvePrecision, type Processor } from '../../../lib/training/precision.ts';
import { precisionSchema, protocolSchema } from '../../../lib/training/protocol.ts';

const gpu = (name: string, ...computeCapability: [number, number]): Processor => ({
  kind: 'gpu',
  gpu: { index: 0, name, computeCapability, memoryBytes: 16e9 },
});
const processors = {
  h100: gpu('NVIDIA H100 80GB HBM3', 9, 0),
  a100: gpu('NVIDIA A100-SXM4-40GB', 8, 0),
  v100: gpu('Tesla V100-SXM2-16GB', 7, 0),
  p100: gpu('Tesla P100-PCIE-16GB', 6, 0),
  cpu: { kind: 'cpu', hasBfloat16: true },
  oldCpu: { kind: 'cpu', hasBfloat16: false },
} satisfies Record<string, Processor>;

test.each([
  ['h100', ['float32', 'tf32', 'bfloat16', 'float16']],
  ['a100', ['float32', 'tf32', 'bfloat16', 'float16']],
  ['v100', ['float32', 'float16']],
  ['p100', ['float32']],
  ['cpu', ['float32', 'bfloat16']],
  ['oldCpu', ['float32', 'bfloat16']],
] as const)('%s computes in %j', (name, precisions) => {
  expect(precisionSchema.options.filter((precision) => !precisionProblem(precision, processors[name]))).toEqual(
    precisions,
  );
});

test('a precision that a GPU does not support is refused with the reason', () => {
  expect(() => resolvePrecision({ precision: 'bfloat16' }, processors.v100)).toThrow(
    'bfloat16 needs a GPU of compute capability 8.0 or later, this is Tesla V100-SXM2-16GB, compute capability 7.0',
  );
  expect(() => resolvePrecision({ precision: 'tf32' }, processors.p100)).toThrow(TrainingFailure);
});

test.each([
  ['h100', 'bfloat16'],
  ['v100', 'float16'],
  ['p100', 'float32'],
  ['cpu', 'bfloat16'],
  ['oldCpu', 'float32'],
] as const)('auto is the fastest that %s has: %s', (name, precision) => {
  expect(resolvePrecision({ precision: 'auto' }, processors[name])).toBe(precision);
});

test('auto keeps to the allowed precisions, and says why if the device supports none', () => {
  const allowedPrecisions = ['float32', 'tf32'] as ('float32' | 'tf32')[];
  expect(resolvePrecision({ precision: 'auto', allowedPrecisions }, processors.a100)).toBe('tf32');
  expect(resolvePrecision({ precision: 'auto', allowedPrecisions }, processors.v100)).toBe('float32');
  expect(resolvePrecision({ precision: 'auto', allowedPrecisions: ['bfloat16'] }, processors.oldCpu)).toBe('bfloat16');
  expect(() => resolvePrecision({ precision: 'auto', allowedPrecisions: ['tf32', 'float16'] }, processors.cpu)).toThrow(
    /float16 needs a GPU.*; tf32 needs a GPU/,
  );
});

test('a protocol lists allowed precisions only for auto', () => {
  const problems = (protocol: object) => protocolSchema.safeParse({ epochs: 1, ...protocol }).error?.issues[0]?.message;
  expect(problems({ precision: 'auto', allowedPrecisions: ['float32'] })).toBeUndefined();
  expect(problems({ precision: 'tf32', allowedPrecisions: ['float32'] })).toBe(
    'must be absent unless precision is "auto", got precision "tf32"',
  );
});

test('processors say whether they have instructions for bfloat16', () => {
  expect(cpuHasBfloat16('model name\t: AMD EPYC\nflags\t\t: fpu avx512_vnni avx512_bf16 rdpid\n')).toBe(true);
  expect(cpuHasBfloat16('flags\t\t: fpu amx_bf16 amx_tile\n')).toBe(true);
  expect(cpuHasBfloat16('Features\t: fp asimd i8mm bf16 dgh\n')).toBe(true);
  expect(cpuHasBfloat16('flags\t\t: fpu avx2 avx512_vnni\nbugs\t\t: no_bf16\n')).toBe(false);
});

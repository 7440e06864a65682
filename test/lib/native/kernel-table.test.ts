import { expect, test } from 'vitest';
import { determinismMessages, gpuKernels } from '../../../lib/native/kernel-table.ts';

const kernel = (op: string, device: string, constraints: Record<string, number[]>) => ({ op, device, constraints });

test('kernels for GPUs and for any device are listed by operation, with compatible types in one entry', () => {
  expect(
    gpuKernels([
      kernel('Cast', 'GPU', { SrcT: [4], DstT: [1] }),
      kernel('Cast', 'GPU', { SrcT: [4], DstT: [14] }),
      kernel('Cast', 'GPU', { SrcT: [1], DstT: [1] }),
      kernel('Cast', 'CPU', { SrcT: [7], DstT: [1] }),
      kernel('Cast', 'GPU', { SrcT: [1], DstT: [14] }),
      kernel('Add', 'DEFAULT', { T: [3] }),
      kernel('Add', 'GPU', { T: [1] }),
      kernel('Add', 'GPU', { T: [1] }),
      kernel('Placeholder', 'GPU', {}),
      kernel('Print', 'CPU', {}),
      kernel('GatherNd', 'GPU', { Tparams: [19], bad_indices_policy: [] }),
    ]),
  ).toEqual({
    Add: [{ T: ['float32', 'int32'] }],
    Cast: [{ DstT: ['bfloat16', 'float32'], SrcT: ['float32', 'uint8'] }],
    GatherNd: [{ Tparams: ['float16'] }],
    Placeholder: [{}],
  });
});

test('types that cannot all be combined stay apart', () => {
  expect(gpuKernels([kernel('Cast', 'GPU', { A: [1], B: [1] }), kernel('Cast', 'GPU', { A: [3], B: [3] })])).toEqual({
    Cast: [
      { A: ['float32'], B: ['float32'] },
      { A: ['int32'], B: ['int32'] },
    ],
  });
});

test('messages about determinism are found among the bytes of a library', () => {
  const library = Buffer.from(
    '\x7fELF\0\x01A deterministic GPU implementation of Blur is not currently available.\0\x02' +
      '_ZN3tsl23OpDeterminismRequiredEv\0Determinism is not yet supported for Blot.\0deterministic, not a sentence\0' +
      'Determinism is not yet supported for Blot.\0',
  );
  expect(determinismMessages(library)).toEqual([
    'A deterministic GPU implementation of Blur is not currently available.',
    'Determinism is not yet supported for Blot.',
  ]);
});

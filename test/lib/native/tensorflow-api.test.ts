import { expect, test } from 'vitest';
import { tensorflowFolder } from '../../../lib/native/environment.ts';
import { TensorFlowApi } from '../../../lib/native/tensorflow-api.ts';

const api = new TensorFlowApi(tensorflowFolder());

test('the library lists the devices of this process', () => {
  expect(api.devices()).toContainEqual({
    name: '/job:localhost/replica:0/task:0/device:CPU:0',
    type: 'CPU',
    memoryBytes: expect.any(Number) as number,
  });
});

test('the library lists its kernels with the types that they take', () => {
  const matMul = api.kernels().filter(({ op, device }) => op === 'MatMul' && device === 'CPU');
  // DT_FLOAT is 1 in types.proto.
  expect(matMul).toContainEqual({ op: 'MatMul', device: 'CPU', constraints: { T: [1] } });
});

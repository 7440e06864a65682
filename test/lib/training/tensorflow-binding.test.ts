import { expect, test } from 'vitest';
import { tensorflow } from '../../../lib/training/tensorflow-binding.ts';

test('a tensor has its own memory, wherever its values lie: changing the values does not change it', () => {
  const { createTensor, tensorDataSync, deleteTensor, TF_INT32, TF_FLOAT } = tensorflow();
  // Without copies every fourth array, whose address is a multiple of 64, would be the tensor's own memory.
  const arrays = Array.from({ length: 200 }, (_, index) =>
    index % 2 === 0 ? new Int32Array(100 + index).fill(1) : new Float32Array(100 + index).fill(1),
  );
  const tensors = arrays.map((values) =>
    createTensor([values.length], values instanceof Int32Array ? TF_INT32 : TF_FLOAT, values),
  );
  for (const values of arrays) values.fill(2);
  for (const tensor of tensors) {
    expect(new Set(tensorDataSync(tensor))).toEqual(new Set([1]));
    deleteTensor(tensor);
  }
});

test('a tensor without values can be made', () => {
  const { createTensor, tensorDataSync, deleteTensor, TF_INT32 } = tensorflow();
  const tensor = createTensor([0], TF_INT32, new Int32Array(0));
  expect(tensorDataSync(tensor)).toHaveLength(0);
  deleteTensor(tensor);
});

import { expect, test } from 'vitest';
import { layersOf } from '../../../lib/design-space/layers.ts';
import { parametersOf, stateLayout } from '../../../lib/training/graph/state-layout.ts';
import { isSafetensors, safetensorsOf } from '../../../lib/training/safetensors.ts';
import { fromPyTorch } from '../../../lib/training/weight-layout.ts';
import { tinyArchitecture } from './tiny-architecture.ts';

const layers = layersOf(tinyArchitecture, { imageSize: 28, channels: 1, classes: 10 });
const layout = stateLayout(layers);
const entries = [...parametersOf(layout), ...layout.statistics];
const state = new Map(
  entries.map(({ name, size }, entry) => [
    name,
    Float32Array.from({ length: size }, (_, index) => entry + index / size),
  ]),
);

test('a network in safetensors has the arrays of its state in the layout of PyTorch, one after the other', () => {
  const file = safetensorsOf(layers, state, { name: 'arch-004 on mnist, seed 0' });
  const length = Number(file.readBigUInt64LE(0));
  expect(length % 8).toBe(0);
  const { __metadata__: metadata, ...tensors } = JSON.parse(file.toString('utf8', 8, 8 + length)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  expect(metadata).toEqual({ name: 'arch-004 on mnist, seed 0' });
  expect(Object.keys(tensors)).toEqual(entries.map(({ name }) => name));
  let end = 0;
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(tensors)) {
    expect([dtype, offsets[0]]).toEqual(['F32', end]);
    end = offsets[1];
    const bytes = file.subarray(8 + length + offsets[0], 8 + length + offsets[1]);
    expect(fromPyTorch(new Float32Array(Uint8Array.from(bytes).buffer), shape)).toEqual(state.get(name));
  }
  expect(8 + length + end).toBe(file.length);
  expect(tensors['stem.conv.weight']!.shape).toEqual([tinyArchitecture.stemWidth, 1, 3, 3]);
  expect(tensors['head.fc.weight']!.shape[0]).toBe(10);
});

test('a state that lacks an array of the network is refused', () => {
  const less = new Map([...state].filter(([name]) => name !== 'head.fc.bias'));
  expect(() => safetensorsOf(layers, less, {})).toThrow('the state must hold 10 values of head.fc.bias');
});

test('safetensors files of any program are recognized by their header, and nothing else is', () => {
  const withHeader = (text: string, length = text.length) => {
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(length));
    return Buffer.concat([size, Buffer.from(text)]);
  };
  expect(isSafetensors(safetensorsOf(layers, state, {}))).toBe(true);
  expect(isSafetensors(withHeader('{"a":{}}'))).toBe(true);
  for (const other of [withHeader('{"a":{}}', 9), withHeader('{"a":', 5), withHeader('[1]'), withHeader('')])
    expect(isSafetensors(other)).toBe(false);
  for (const text of ['', '{}', 'PK\u0003\u0004 an archive of torch.save'])
    expect(isSafetensors(Buffer.from(text))).toBe(false);
});

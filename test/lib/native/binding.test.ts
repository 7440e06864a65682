import { expect, test } from 'vitest';
import { bindingPart, compilerArguments } from '../../../lib/native/binding.ts';

test('the compiler builds Node-API 8 code that finds libtensorflow beside its own folder', () => {
  const args = compilerArguments('/cache/libtensorflow-1', '/cache/b/out.node');
  for (const arg of [
    '-std=c++17',
    '-DNAPI_VERSION=8',
    '-I/cache/libtensorflow-1/tensorflow/include',
    expect.stringMatching(/^-I.*\/node-api-headers\/include$/),
    expect.stringMatching(/\/tfjs-node-gpu\/binding\/tfjs_backend[.]cc$/),
    expect.stringMatching(/\/tfjs-node-gpu\/binding\/tfjs_binding[.]cc$/),
    '-l:libtensorflow_cc.so.2',
    '-Wl,-rpath,$ORIGIN/../libtensorflow-1/tensorflow',
  ])
    expect(args).toContainEqual(arg);
  expect(args.slice(-2)).toEqual(['-o', '/cache/b/out.node']);
});

test('the folder of the binding says which TensorFlow it belongs to', async () => {
  const one = await bindingPart('/cache/libtensorflow-1');
  expect((await bindingPart('/elsewhere/libtensorflow-1')).folder).toBe(one.folder);
  expect((await bindingPart('/cache/libtensorflow-2')).folder).not.toBe(one.folder);
});

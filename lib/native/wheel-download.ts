import { execFile } from 'node:child_process';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SetupError } from './setup-error.ts';
import { findPython } from './tools.ts';
import type { Wheel } from './wheels.ts';

/**
 * Returns pip's arguments for downloading the pinned wheels: for a fixed Python version, so that the user's own does not matter, checked
 * against their hashes, and without pip's cache, which would keep a second copy of the download.
 */
export function pipArguments(requirements: string, platforms: readonly string[], destination: string): string[] {
  return [
    ...['-m', 'pip', 'download', '--requirement', requirements, '--require-hashes', '--no-deps'],
    ...['--only-binary=:all:', '--implementation', 'cp', '--python-version', '3.12'],
    ...['--abi', 'cp312', '--abi', 'none'],
    ...platforms.flatMap((platform) => ['--platform', platform]),
    ...['--dest', destination, '--no-cache-dir', '--progress-bar', 'off', '--disable-pip-version-check'],
  ];
}

/** Returns the requirements file that pins wheels by version and hash. */
export function requirements(wheels: readonly Wheel[]): string {
  return wheels.map(({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`).join('');
}

/**
 * Downloads wheels into a folder with the user's pip, and so from the index it is configured for.
 * @returns the paths of the wheels
 * @throws SetupError with the reason, if a tool is missing or the download fails
 */
export async function downloadWheels(
  wheels: readonly Wheel[],
  folder: string,
  onProgress: (progress: { bytes: number; of: number }) => void,
  signal?: AbortSignal,
): Promise<string[]> {
  const python = await findPython();
  const destination = join(folder, 'wheels');
  // pip's partial files go into this folder, too: their sizes show the progress, and they are deleted with it.
  const temporary = join(folder, 'pip');
  await mkdir(destination);
  await mkdir(temporary);
  const pins = join(folder, 'requirements.txt');
  await writeFile(pins, requirements(wheels));
  const platforms = [...new Set(wheels.map(({ platform }) => platform))];

  const of = wheels.reduce((sum, { bytes }) => sum + bytes, 0);
  const report = (bytes: number) => onProgress({ bytes: Math.min(bytes, of), of });
  report(0);
  const timer = setInterval(() => void bytesBelow(folder).then(report), 500);
  try {
    await promisify(execFile)(python, pipArguments(pins, platforms, destination), {
      env: { ...process.env, TMPDIR: temporary },
      maxBuffer: 64 * 2 ** 20,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    signal?.throwIfAborted();
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw downloadError(wheels, stderr + stdout, error);
  } finally {
    clearInterval(timer);
  }
  return (await readdir(destination)).map((file) => join(destination, file));
}

/** Explains what went wrong, judging by pip's output. */
export function downloadError(wheels: readonly Wheel[], output: string, cause?: unknown): SetupError {
  const what = wheels.map(({ name, version }) => `${name} ${version}`).join(', ');
  const fail = (problem: string, cure: string) => new SetupError(problem, cure, { cause });
  if (/DO NOT MATCH THE HASHES/.test(output))
    return fail(
      `The download of ${what} does not have the pinned SHA-256`,
      'a proxy or mirror changed it, or it was interrupted: try again, and if the error persists, do not trust that index (pip config list)',
    );
  if (/No space left on device/.test(output))
    return fail(
      `The disk filled up while ${what} was being downloaded`,
      'free some space, or set XDG_CACHE_HOME to a folder on a larger disk',
    );
  if (/connection|timed? ?out|resolution|resolve|proxy|ssl|unreachable|Retrying/i.test(output))
    return fail(
      `${what} could not be downloaded: pip could not reach its package index`,
      "check the network, and pip's index and proxy settings (pip config list), then run the same command again",
    );
  if (/No matching distribution/.test(output))
    return fail(
      `pip cannot find ${what}: its package index could not be reached, or does not have it`,
      'check the network, and that the index mirrors PyPI (pip config list shows which index is set)',
    );
  return fail(
    `pip could not download ${what}:\n${output.trim().split('\n').slice(-5).join('\n')}`,
    'fix this, then run the same command again',
  );
}

async function bytesBelow(folder: string): Promise<number> {
  // Files come and go while pip works.
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map((entry) =>
      stat(join(folder, entry)).then(
        (stats) => (stats.isFile() ? stats.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

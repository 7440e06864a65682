import { readFile } from 'node:fs/promises';
import { userCache } from '../../lib/core/files/user-cache.ts';
import { describeDevice, type Device } from '../../lib/training/device.ts';
import { TrainingFailure } from '../../lib/training/failures.ts';
import { goldenTolerances } from '../../lib/training/golden.ts';
import { compareWithGolden, type GoldenDifferences } from '../../lib/training/probes.ts';
import { failure, ok, reasonOf, type Finding } from './finding.ts';
import { ownCommand } from './own-command.ts';

/** Reads a network that PyTorch trained: the golden case that depends least on rounding and the order of sums. */
const goldenCase = async (): Promise<unknown> =>
  JSON.parse(await readFile(new URL('golden-case.json', import.meta.url), 'utf8'));

const distrust =
  'do not train on this device: look for errors of its memory (nvidia-smi -q -d ECC, or dmesg), and try another driver';

/**
 * Trains the golden network on a device, in separate processes, and compares it with PyTorch's numbers.
 * @param repetitions number of trainings, which must all end with the same bits
 */
export async function checkGoldenNetwork(
  device: Device,
  repetitions: 1 | 2,
  signal?: AbortSignal,
  compare: typeof compareWithGolden = compareWithGolden,
): Promise<Finding> {
  const name = `training on ${describeDevice(device)}`;
  const goldenCases = [await goldenCase()];
  const results: GoldenDifferences[] = [];
  let versions: Record<string, string> = {};
  try {
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const result = await compare(device, goldenCases, signal);
      results.push(result.differences[0]!);
      versions = result.versions;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof TrainingFailure))
      return failure(name, reasonOf(error), `make ${userCache()} writable, or set XDG_CACHE_HOME to a folder that is`);
    return failure(
      name,
      error.message,
      remedies[error.kind] ?? `see the message; ${ownCommand('setup')} installs the native parts again`,
    );
  }
  const [first, second = first] = results as [GoldenDifferences, GoldenDifferences?];
  const beyond = measures.filter((measure) => !(first[measure] <= goldenTolerances[measure]));
  if (beyond.length > 0)
    return failure(
      name,
      `disagrees with PyTorch: ${beyond.map((measure) => `${measure} differ by ${first[measure].toExponential(1)} (at most ${goldenTolerances[measure]})`).join(', ')}`,
      distrust,
    );
  if (second.state !== first.state)
    return failure(name, 'two identical trainings ended with different weights', distrust);
  return ok(
    name,
    `agrees with PyTorch${repetitions === 1 ? '' : ', twice with the same bits'}; TensorFlow ${versions['tensorflow']} on ${versions['device']}`,
  );
}

const measures = Object.keys(goldenTolerances) as (keyof typeof goldenTolerances)[];

const remedies: Partial<Record<TrainingFailure['kind'], string>> = {
  'missing-library': ownCommand('setup'),
  'no-gpu': `see that nvidia-smi lists the GPU, then BEYOND_IMAGENET_DEVICE=gpu ${ownCommand('setup')}; or train on the CPU: --gpus none`,
  'out-of-memory': 'end other programs that use the memory of the device, or take fewer slots: --slots <n>',
  'disk-full': 'free some space in the folder for temporary files (TMPDIR)',
  'no-access': 'make the folder for temporary files (TMPDIR) writable',
};

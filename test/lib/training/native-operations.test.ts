import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { compareWithGolden } from '../../../lib/training/probes.ts';
import goldenCase from '../../../runtime/doctor/golden-case.json' with { type: 'json' };
import { temporaryFolder } from '../../temporary-folder.ts';

afterEach(() => vi.unstubAllEnvs());

const compared = () => compareWithGolden({ kind: 'cpu', threads: 1 }, [goldenCase]);

test('a process says that it computes with its own operations, and agrees with PyTorch', async () => {
  const { differences, versions } = await compared();
  expect(versions['operations']).toBe('own operations');
  expect(differences[0]!.gradientNorms).toBeLessThan(1e-4);
});

test('a process without them uses operations of TensorFlow, and says so', async () => {
  vi.stubEnv('BEYOND_IMAGENET_OPERATIONS', '');
  const { differences, versions } = await compared();
  expect(versions['operations']).toBe("TensorFlow's operations (own ones: not installed)");
  expect(differences).toHaveLength(1);
});

test('operations that cannot be loaded are left out, with the reason', async () => {
  const damaged = join(await temporaryFolder(), 'operations.node');
  await writeFile(damaged, 'not a library');
  vi.stubEnv('BEYOND_IMAGENET_OPERATIONS', damaged);
  const { versions } = await compared();
  expect(versions['operations']).toMatch(/^TensorFlow's operations \(own ones: .*operations\.node: /);
});

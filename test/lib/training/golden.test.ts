import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ConfigError } from '../../../lib/core/errors.ts';
import { goldenDifferences, goldenTolerances } from '../../../lib/training/golden.ts';
import type { GoldenDifferences } from '../../../lib/training/probes.ts';

const document = async (file: string): Promise<unknown[]> =>
  JSON.parse(await readFile(new URL(`golden/${file}`, import.meta.url), 'utf8')) as unknown[];

function expectAgreement(differences: GoldenDifferences): void {
  for (const [measure, tolerance] of Object.entries(goldenTolerances))
    expect(
      differences[measure as keyof typeof goldenTolerances],
      `${measure} of ${differences.name}`,
    ).toBeLessThanOrEqual(tolerance);
}

test.each(['training.json', 'pytorch-cases.json'])(
  'logits, gradients, losses and trained networks agree with PyTorch: %s',
  async (file) => {
    const cases = (await document(file)) as { name: string }[];
    const differences = await goldenDifferences(cases);
    expect(differences.map(({ name }) => name)).toEqual(cases.map(({ name }) => name));
    differences.forEach(expectAgreement);
  },
);

test('a wrong learning rate is noticed', async () => {
  const [first] = (await document('training.json')) as { optimizer: Record<string, unknown> }[];
  const altered = { ...first, optimizer: { ...first?.optimizer, learningRate: 0.04 } };
  const [differences] = await goldenDifferences([altered]);
  expect(differences?.firstLogits).toBeLessThanOrEqual(1e-4);
  expect(differences?.losses).toBeGreaterThan(2e-3);
});

test('a malformed golden document is a ConfigError that names the field', async () => {
  await expect(goldenDifferences({})).rejects.toThrow(ConfigError);
  await expect(goldenDifferences([])).rejects.toThrow(ConfigError);
  await expect(goldenDifferences([{ name: 'no network' }])).rejects.toThrow(ConfigError);
  const [first] = (await document('training.json')) as Record<string, unknown>[];
  await expect(goldenDifferences([{ ...first, batchSize: 1 }])).rejects.toThrow(/batchSize/);
  const labels = first!['labels'] as number[];
  const parameters = first!['parameters'] as { name: string; shape: number[] }[];
  const [stem, ...others] = parameters;
  for (const [changed, problem] of [
    [{ labels: labels.slice(1) }, /\[0\]\.labels must have one entry for each of the \d+ images/],
    [{ labels: labels.map(() => 1000) }, /\[0\]\.labels must be below classes/],
    [{ losses: [1] }, /\[0\]\.losses must have one entry for each of the 5 steps, got 1/],
    [{ firstStepLogits: [] }, /\[0\]\.firstStepLogits must have/],
    [{ optimizer: { ...(first!['optimizer'] as object), learningRate: 0 } }, /\[0\]\.optimizer\.learningRate/],
    [
      { parameters: others },
      /The parameters of .* are invalid:\n {2}stem\.conv\.weight must have \d+ values .*, got none/,
    ],
    [{ parameters: [{ ...stem, name: 'stem' }, ...others] }, /stem must have no values in this architecture/],
  ] as const) {
    const altered = goldenDifferences([{ ...first, ...changed }]);
    await expect(altered).rejects.toThrow(ConfigError);
    await expect(altered).rejects.toThrow(problem);
  }
});

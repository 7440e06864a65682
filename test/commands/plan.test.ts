import { join } from 'node:path';
import { expect, test } from 'vitest';
import { register } from '../../commands/plan.ts';
import type { StudyCost } from '../../lib/study/cost.ts';
import { writeTree } from '../lib/datasets/layouts/tree.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { runCommand } from './run-command.ts';

type Plan = StudyCost & {
  retain: string;
  durations: { gpu: string; days: { least: number; most: number }; source: string }[];
};

const plan = async (...args: string[]) => {
  const state = await temporaryFolder();
  return (await runCommand(register, ['plan', '--state', state, ...args])).stdout;
};

test("the paper's study is planned beside its authors' own 85 V100-days", async () => {
  const text = await plan('--preset', 'paper', '--set', 'population.count=4');
  expect(text).toMatch(/^4 architectures, 52 runs, /);
  expect(text).toMatch(/The authors report 85 V100-days for 7,500 trainings; that is 0\.6 V100-days for 52\.\n$/);
  for (const gpu of ['V100, float32', 'A100, bfloat16']) expect(text).toMatch(new RegExp(`^${gpu} +.* to `, 'm'));
  expect(text).toMatch(/ × 10¹⁵ multiply-adds\n/);
});

test('as JSON, the plan has the cost of each dataset, disk by retention, and days by kind of GPU with their sources', async () => {
  const planned = JSON.parse(await plan('--json')) as Plan;
  expect(planned.retain).toBe('everything');
  expect(planned.datasets.reduce((sum, { runs }) => sum + runs, 0)).toBe(planned.runs);
  expect(Object.keys(planned.disk.runs).sort()).toEqual(['everything', 'extremes', 'records', 'weights']);
  for (const { days, source } of planned.durations) {
    expect(days.least).toBeGreaterThan(0);
    expect(days.most).toBeGreaterThanOrEqual(days.least);
    expect(source).not.toBe('');
  }
});

test("a user's own dataset is counted in its folder; a missing one is named", async () => {
  const root = await temporaryFolder();
  const files = ['jay', 'owl'].flatMap((name) => Array.from({ length: 50 }, (_, index) => `${name}/${index}.jpg`));
  await writeTree(join(root, 'birds'), Object.fromEntries(files.map((file) => [file, 'x'])));
  const own = { dataset: 'birds', source: { kind: 'folder', path: 'birds' } };
  const datasets = `datasets=${JSON.stringify([{ dataset: 'fashion-mnist' }, own])}`;
  const planned = JSON.parse(await plan('--json', '--data-root', root, '--set', datasets)) as Plan;
  expect(planned.datasets[1]).toMatchObject({
    dataset: 'birds',
    size: { train: 81, validation: 9, test: 10, classes: 2 },
  });
  await expect(plan('--data-root', join(root, 'birds'), '--set', datasets)).rejects.toThrow('birds is missing');
});

import { expect, test } from 'vitest';
import { register } from '../../commands/plan.ts';
import type { StudyCost } from '../../study/cost.ts';
import { writeTree } from '../datasets/layouts/tree.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { runCommand } from './run-command.ts';

const birds = { dataset: 'birds', source: { kind: 'folder', path: 'birds', channels: 1 }, imageSize: 28 };
const plan = (...args: string[]) =>
  runCommand(register, [
    'plan',
    '--set',
    `datasets[4]=${JSON.stringify(birds)}`,
    '--set',
    'population.count=2',
    ...args,
  ]);

test('a dataset of one’s own as a further target of the quickstart costs what its images do', async () => {
  const root = await temporaryFolder();
  const paths = ['jay', 'owl'].flatMap((name) => Array.from({ length: 50 }, (_, i) => `birds/${name}/${i}.jpg`));
  await writeTree(root, Object.fromEntries(paths.map((path) => [path, 'x'])));
  const { datasets, preparation } = JSON.parse((await plan('--json', '--data-root', root)).stdout) as StudyCost;
  expect(datasets[4]).toMatchObject({
    dataset: 'birds',
    runs: 2,
    size: { train: 81, validation: 9, test: 10, classes: 2 },
  });
  expect(preparation.at(-1)).toMatchObject({ dataset: 'birds', images: 100, bytes: 100 * 28 * 28 });
});

test('one that is not there is told before anything is counted', async () => {
  await expect(plan('--data-root', await temporaryFolder())).rejects.toThrow('source.path must exist, got birds');
});

import { expect, test } from 'vitest';
import { catalogue } from '../../../lib/datasets/catalogue/index.ts';
import { checkDatasets } from '../../../runtime/doctor/datasets.ts';
import { parseStudyConfig } from '../../../lib/study/config.ts';
import { preset } from '../../../lib/study/presets.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test('without a study, all existing datasets are named', async () => {
  const [finding] = await checkDatasets(await temporaryFolder());
  expect(finding).toMatchObject({ name: 'datasets', status: 'ok' });
  expect(finding!.detail).toMatch(/found: .*\bmnist\b.*; not found: /);
});

test('the finding for a missing dataset says where its files belong and names the command that checks them', async () => {
  const root = await temporaryFolder();
  const config = parseStudyConfig(preset('paper'), catalogue);
  const findings = await checkDatasets(root, config);
  expect(findings.find(({ name }) => name === 'dataset cifar10')).toEqual({
    name: 'dataset cifar10',
    status: 'failure',
    detail: expect.stringMatching(/cifar-10-binary\.tar\.gz.*; see https:/) as string,
    remedy: `put these files into ${root}/cifar10, then: npm run study -- datasets check cifar10 --data-root ${root}`,
  });
});

test("each of a study's datasets has one finding, with its folder", async () => {
  const findings = await checkDatasets(undefined, parseStudyConfig(preset('quickstart'), catalogue));
  expect(findings.map(({ name, status }) => [name, status])).toEqual([
    ['dataset fashion-mnist', 'ok'],
    ['dataset mnist', 'ok'],
  ]);
});

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { register } from '../../commands/datasets.ts';
import { ConfigError } from '../../lib/core/errors.ts';
import type { DatasetCheck } from '../../lib/datasets/check.ts';
import type { DatasetManifest } from '../../lib/datasets/manifest.ts';
import { preset } from '../../lib/study/presets.ts';
import { mlc2008Forms } from '../lib/datasets/layouts/annotated.ts';
import { cifar10Forms } from '../lib/datasets/layouts/cifar.ts';
import { writeTree } from '../lib/datasets/layouts/tree.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { runCommand } from './run-command.ts';

const datasets = (...args: string[]) => runCommand(register, ['datasets', ...args]);

afterEach(() => {
  process.exitCode = 0;
});

async function dataRoot(): Promise<string> {
  const root = await temporaryFolder();
  await writeTree(join(root, 'cifar10'), (await cifar10Forms())['as downloaded']!);
  await writeTree(join(root, 'birds'), { 'jay/1.jpg': 'x', 'owl/2.jpg': 'x' });
  return root;
}

describe('datasets list', () => {
  test('lists each dataset of the catalogue, with the form in which it exists', async () => {
    const { stdout } = await datasets('list', '--json', '--data-root', await dataRoot());
    const listed = JSON.parse(stdout) as { name: string; form: string | null; images: number; classes: number }[];
    expect(listed.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'imagenet',
        'concrete',
        'mlc2008',
        'ham10000',
        'powerline',
        'insects',
        'natural',
        'cifar10',
        'cifar100',
      ]),
    );
    expect(listed.find(({ name }) => name === 'cifar10')).toMatchObject({
      form: 'file cifar-10-binary.tar.gz',
      images: 60_000,
      classes: 10,
    });
    expect(listed.find(({ name }) => name === 'imagenet')!.form).toBeNull();
  });

  test('is a table without --json', async () => {
    const { stdout } = await datasets('list');
    expect(stdout).toMatch(
      /^dataset +images +classes +pixels +download +there as\nimagenet +1,331,167 +1,000 +256 +155 GB +-\n/,
    );
  });
});

describe('datasets check', () => {
  test('prints the whole catalogue as an array, and fails only for existing incomplete datasets', async () => {
    const { stdout } = await datasets('check', '--json', '--data-root', await dataRoot());
    const checks = JSON.parse(stdout) as DatasetCheck[];
    expect(checks).toHaveLength(11);
    expect(checks.find(({ name }) => name === 'cifar10')).toMatchObject({
      found: true,
      form: 'file cifar-10-binary.tar.gz',
      classes: 10,
      splits: { train: { images: 100, expected: 50_000 }, test: { images: 20, expected: 10_000 } },
      obtain: { homepage: 'https://www.cs.toronto.edu/~kriz/cifar.html', licence: 'not stated by the publisher' },
    });
    expect(process.exitCode).toBe(1);
    process.exitCode = 0;
    await datasets('check', '--json', '--data-root', await temporaryFolder());
    expect(process.exitCode).toBe(0);
  });

  test('fails for a requested dataset that is missing, and says where to get it', async () => {
    const root = await temporaryFolder();
    const { stdout } = await datasets('check', 'natural', 'mnist', '--data-root', root);
    expect(stdout).toContain(
      `natural: missing\n  problem: ${join(root, 'natural')} does not exist or is empty\n  get it: https://www.kaggle.com/`,
    );
    expect(stdout).toContain('mnist: complete\n');
    expect(stdout).toContain('10 classes: 0, 1, 2, 3, 4, 5, 6, 7, ...; images: train 60,000, test 10,000\n');
    expect(process.exitCode).toBe(1);
  });

  test('reports what was left out, and that a dataset without splits is not split yet', async () => {
    const root = await temporaryFolder();
    await writeTree(join(root, 'mlc2008'), (await mlc2008Forms())['a zip']!);
    const { stdout } = await datasets('check', 'mlc2008', '--data-root', root);
    expect(stdout).toMatch(
      /9 classes: Acrop, CCA, Macro, Monti, Pavon, Pocill, Porit, Sand, ...; images: [0-9]+ of 131,260, not split yet\n/,
    );
    expect(stdout).toMatch(/left out \([0-9]+\): points with labels other than Acrop, CCA, /);
  });

  test('passes if all requested datasets are complete', async () => {
    await datasets('check', 'mnist');
    expect(process.exitCode).toBe(0);
  });

  test('checks each dataset of a study once, including user datasets', async () => {
    const root = await dataRoot();
    const shares = { testFraction: 0.5, validationFraction: 0 };
    const own = { dataset: 'birds', source: { kind: 'folder', path: 'birds' }, ...shares };
    const config = {
      ...(preset('quickstart') as object),
      datasets: [{ dataset: 'fashion-mnist' }, own, { ...own, classes: 2, classDraw: 1 }],
    };
    const path = join(root, 'study.json');
    await writeFile(path, JSON.stringify(config));
    const { stdout } = await datasets('check', '--config', path, '--data-root', root, '--json');
    expect((JSON.parse(stdout) as DatasetCheck[]).map(({ name, problems }) => [name, problems])).toEqual([
      ['fashion-mnist', []],
      ['birds', []],
    ]);
    const one = await datasets('check', 'birds', '--config', path, '--data-root', root, '--json');
    expect(JSON.parse(one.stdout)).toMatchObject([
      { name: 'birds', form: 'folders jay, owl', classes: 2, obtain: null },
    ]);
  });

  test.each([
    [['check', '--data-root', 'nowhere'], 'must be a folder, got nowhere'],
    [['list', '--data-root', 'package.json'], 'must be a folder, got package.json'],
    [['check', 'cifar'], 'must be one of imagenet, concrete'],
    [['check', '--set', 'protocol.epochs=3'], 'it needs --config or --preset'],
    [['check', 'cifar10', '--preset', 'quickstart'], 'must be one of fashion-mnist, mnist, got cifar10'],
    [['check', '--config', 'nowhere.json'], 'nowhere.json: there is no such file'],
  ])('%j is refused, naming what would be right', async (args, message) => {
    await expect(datasets(...args)).rejects.toThrow(message);
    await expect(datasets(...args)).rejects.toBeInstanceOf(ConfigError);
  });
});

test('datasets check calls a study incomplete if it requests a class that does not exist', async () => {
  const folder = await temporaryFolder();
  const config = join(folder, 'study.json');
  const images = { kind: 'folder', path: join(folder, 'birds') };
  await mkdir(join(folder, 'birds/jay'), { recursive: true });
  await mkdir(join(folder, 'birds/owl'));
  for (const name of ['jay', 'owl']) await writeFile(join(folder, 'birds', name, '1.jpg'), name);
  const birds = { dataset: 'birds', source: images };
  const study = {
    ...(preset('quickstart') as object),
    reference: 'birds',
    datasets: [birds, { ...birds, classes: ['jay', 'emu'] }],
  };
  await writeFile(config, JSON.stringify(study));
  const { stdout } = await datasets('check', '--config', config);
  expect(stdout).toContain('birds: incomplete\n');
  expect(stdout).toContain('2 classes: jay, owl; images: 2, not split yet');
  expect(stdout).toContain('problem: birds/jay-emu: classes must be classes of birds (jay, owl), got "emu"');
  expect(process.exitCode).toBe(1);
});

describe('datasets prepare', () => {
  test('refuses a dataset smaller than published, and prepares it if that is allowed', async () => {
    const [root, state] = [await dataRoot(), await temporaryFolder()];
    const prepare = (...args: string[]) =>
      datasets('prepare', 'cifar10', '--data-root', root, '--state', state, ...args);
    await expect(prepare()).rejects.toThrow('train images: 100 of 50,000 were found');
    const { stdout } = await prepare('--allow-incomplete');
    expect(stdout).toContain('cifar10: prepared\n  10 classes; images: train 90, validation 10, test 20\n');
    expect(stdout).toContain('  incomplete: train images: 100 of 50,000 were found\n');
    const again = await prepare('--allow-incomplete', '--json');
    const [prepared] = JSON.parse(again.stdout) as { directory: string; manifest: DatasetManifest }[];
    expect(prepared!.manifest).toMatchObject({ label: 'cifar10', classes: expect.arrayContaining(['cat']) as unknown });
    expect(prepared!.directory.startsWith(join(state, 'work', 'datasets'))).toBe(true);
    expect(stdout).toContain(prepared!.manifest.digest.slice(0, 16));
  });

  test("prepares a study's dataset by its label, with the seed of the study", async () => {
    const prepare = async (...args: string[]) => {
      const { stdout } = await datasets(
        ...['prepare', 'mnist', '--preset', 'quickstart', '--state', await temporaryFolder(), '--json'],
        ...args,
      );
      return (JSON.parse(stdout) as { manifest: DatasetManifest }[]).map(({ manifest }) => manifest);
    };
    const [first, ...others] = await prepare();
    expect(others).toEqual([]);
    expect(first).toMatchObject({ label: 'mnist', seed: 0, splits: { train: { images: 1500 } } });
    expect((await prepare('--set', 'seeds.data=3'))[0]).toMatchObject({ seed: 3 });
  });
});

describe('datasets show', () => {
  test('writes a page with counts and images, before and after augmentation', async () => {
    const [root, state] = [await dataRoot(), await temporaryFolder()];
    const out = join(state, 'page.html');
    const { stdout } = await datasets(
      ...[
        'show',
        'cifar10',
        '--data-root',
        root,
        '--state',
        state,
        '--allow-incomplete',
        '--images',
        '12',
        '--out',
        out,
      ],
    );
    expect(stdout).toBe(`${out}\n`);
    const page = await readFile(out, 'utf8');
    expect(page.match(/<img /g)).toHaveLength(12 * 4);
    expect(page).toContain('<td class=wide>file cifar-10-binary.tar.gz (files ');
    expect(page).toContain('90 training, 10 validation and 20 test images, squares of 32 pixels, in colour.');
  });

  test('requires exactly one dataset', async () => {
    const args = ['show', 'fashion-mnist', '--preset', 'quickstart', '--set', 'datasets[0].label=all'];
    await expect(datasets(...args, '--set', 'reference=all')).rejects.toThrow(
      'must be one dataset, by its label: all, fashion-mnist/5-classes, fashion-mnist/2-classes',
    );
  });
});

describe('datasets export', () => {
  const exported = async (...args: string[]) => {
    const [root, state] = [await dataRoot(), await temporaryFolder()];
    return datasets('export', ...args, '--data-root', root, '--state', state, '--allow-incomplete');
  };

  test('writes the requested splits in the requested form', async () => {
    const folder = await temporaryFolder();
    const [archives, folders] = [join(folder, 'archives'), join(folder, 'folders')];
    const { stdout } = await exported('cifar10', '--form', 'webdataset', '--out', archives, '--shard-size', '100kB');
    expect(stdout).toBe(`${archives}: train 90, validation 10, test 20\n`);
    const files = (await readdir(archives)).sort();
    expect(files.filter((file) => file.startsWith('train-')).slice(0, 2)).toEqual([
      'train-000000.tar',
      'train-000001.tar',
    ]);
    expect(files).toEqual(expect.arrayContaining(['dataset.json', 'test-000000.tar', 'validation-000000.tar']));
    const json = await exported('cifar10', '--form', 'folder', '--out', folders, '--split', 'test', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      folder: folders,
      form: 'folder',
      splits: { test: { images: 20 } },
    });
    expect((await readdir(join(folders, 'test'))).slice(0, 2)).toEqual(['0-airplane', '1-automobile']);
  });

  test("writes a study's subset by its label", async () => {
    const out = join(await temporaryFolder(), 'subset');
    const args = ['fashion-mnist/2-classes', '--preset', 'quickstart', '--split', 'validation'];
    const { stdout } = await exported(...args, '--form', 'folder', '--out', out);
    expect(stdout).toBe(`${out}: validation 200\n`);
    expect(await readdir(join(out, 'validation'))).toHaveLength(2);
  });

  test('refuses an existing folder before preparing anything, and unknown splits and forms', async () => {
    const out = await temporaryFolder();
    const args = ['export', 'imagenet', '--form', 'folder', '--out', out];
    await expect(datasets(...args)).rejects.toThrow(`${out} must not exist yet`);
    await expect(datasets(...args, '--split', 'val')).rejects.toThrow('It must be some of train, validation, test');
    await expect(datasets('export', 'imagenet', '--form', 'lmdb', '--out', out)).rejects.toThrow(
      'Allowed choices are webdataset, folder',
    );
  });
});

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { checkRun, register } from '../../commands/train.ts';
import { runOnce, type SingleRunOptions } from '../../lib/runs/single-run.ts';
import { runRecordSchema } from '../../lib/study/documents/run-record.ts';
import { tinyArchitecture } from '../lib/training/tiny-architecture.ts';
import { runCommand } from './run-command.ts';
import { temporaryFolder } from '../temporary-folder.ts';

afterEach(() => vi.unstubAllEnvs());

const network = JSON.stringify(tinyArchitecture);
const smallRun = ['--dataset', 'mnist', '--training-images', '200', '--epochs', '1', '--threads', '1'];

describe('train', () => {
  test.each([
    ['no architecture', ['--dataset', 'mnist'], '--architecture must name an architecture'],
    ['an unknown dataset', ['--architecture', network, '--dataset', 'cifar11'], 'cifar11'],
    [
      'too many classes',
      ['--architecture', network, '--dataset', 'mnist', '--classes', '11'],
      '--classes must be at most 10',
    ],
    ['a wrong field', ['--architecture', network, ...smallRun, '--set', 'batchSize=1'], 'batchSize must be at least 2'],
    [
      'test images smaller than the network',
      ['--architecture', network, ...smallRun, '--set', 'testShortSide=10'],
      '28',
    ],
    [
      'a padded crop larger than the padded image',
      ['--architecture', network, ...smallRun, '--set', 'imageSize=64', '--set', 'augmentation.crop.kind=pad'],
      'protocol.imageSize must be at most 36 on --dataset mnist (28 pixels and padding), got 64',
    ],
    ['epochs twice', ['--architecture', network, ...smallRun, '--set', 'epochs=3'], '--epochs and --set epochs'],
    ['an architecture that is not there', ['--architecture', 'no.json', ...smallRun], '--architecture cannot be read'],
    ['a folder that cannot be', ['--architecture', network, ...smallRun, '--out', '/dev/null/out'], '--out cannot'],
    [
      'a dataset in JSON that is none',
      ['--architecture', network, '--dataset', '{"dataset": "birds"', '--epochs', '1'],
      'must be the name of a dataset, or JSON',
    ],
    [
      'a dataset of your own without its place',
      ['--architecture', network, '--dataset', '{"dataset": "birds"}'],
      'a dataset of your own needs a source',
    ],
    [
      'a class that the dataset does not have',
      ['--architecture', network, '--dataset', '{"dataset": "cifar10", "classes": ["cat", "unicorn"]}'],
      '--classes must be classes of cifar10 (airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck), got "unicorn"',
    ],
    [
      'a protocol in two places',
      ['--architecture', network, '--dataset', '{"dataset": "mnist", "protocol": {"epochs": 3}}'],
      'protocol must be absent: use --epochs and --set',
    ],
    ['an unknown field', ['--architecture', network, ...smallRun, '--set', 'batch=2'], 'batch'],
  ])('refuses %s before it installs anything', async (_what, options, problem) => {
    const cache = await temporaryFolder();
    vi.stubEnv('XDG_CACHE_HOME', cache);
    await expect(runCommand(register, ['train', ...options])).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining(problem) as string,
    });
    expect(await readdir(cache)).toEqual([]);
  });

  test('waits for the same run if it is already being trained; both end with the same result', async () => {
    const out = await temporaryFolder();
    const options: SingleRunOptions = {
      ...{ out, tensorBoard: false, dataRoot: undefined, signal: new AbortController().signal },
      ...{ device: { kind: 'cpu', threads: 1 }, onProgress: () => undefined, onLog: () => undefined },
    };
    const run = await checkRun({
      ...{ seed: 0, set: [] },
      architecture: network,
      dataset: 'mnist',
      trainingImages: 200,
      epochs: 2,
    });
    const [first, second] = await Promise.all([0, 1].map(() => runOnce(run, options)));
    expect(second).toEqual(first);
    expect(first!.record.curve).toHaveLength(2);
  });

  test("trains on a user's own dataset", async () => {
    const root = await temporaryFolder();
    const dot = (size: number) =>
      sharp({ create: { width: 28, height: 28, channels: 3, background: { r: 8 * size, g: 0, b: 255 - 8 * size } } })
        .png()
        .toBuffer();
    for (const [className, from] of [
      ['small', 0],
      ['large', 15],
    ] as const) {
      await mkdir(join(root, 'dots', className), { recursive: true });
      for (let i = 0; i < 15; i++) await writeFile(join(root, 'dots', className, `${i}.png`), await dot(from + i));
    }
    const dataset = { dataset: 'dots', source: { kind: 'folder', path: 'dots', channels: 1 }, imageSize: 28 };
    const { stdout } = await runCommand(register, [
      ...['train', '--architecture', network, '--dataset', JSON.stringify(dataset), '--data-root', root],
      ...['--epochs', '1', '--threads', '1', '--set', 'batchSize=8', '--no-tensor-board', '--json'],
      ...['--out', await temporaryFolder()],
    ]);
    expect(runRecordSchema.parse(JSON.parse(stdout))).toMatchObject({ outcome: 'finished', dataset: 'dots' });
  });

  test('leaves the record of the run, which the same command finds again', async () => {
    const out = await temporaryFolder();
    const args = ['train', '--architecture', network, ...smallRun, '--out', out, '--no-tensor-board', '--json'];
    const record = runRecordSchema.parse(JSON.parse((await runCommand(register, args)).stdout));
    expect(record).toMatchObject({ outcome: 'finished', dataset: 'mnist', architecture: tinyArchitecture });
    expect(record.curve).toHaveLength(1);
    expect(await readdir(join(out, 'runs', record.runKey))).toEqual([
      'model',
      'predictions.parquet',
      'record.json',
      'run.json',
      'weights.bin',
    ]);
    expect(JSON.parse((await runCommand(register, args)).stdout)).toEqual(record);
  });
});

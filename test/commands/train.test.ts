import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { register } from '../../commands/train.ts';
import { runRecordSchema } from '../../results/run-record.ts';
import { tinyArchitecture } from '../training/tiny-architecture.ts';
import { runCommand } from './run-command.ts';
import { temporaryFolder } from './temporary-folder.ts';

afterEach(() => vi.unstubAllEnvs());

const network = JSON.stringify(tinyArchitecture);
const smallRun = ['--dataset', 'mnist', '--training-images', '200', '--epochs', '1', '--threads', '1'];

describe('train', () => {
  it.each([
    ['no architecture', ['--dataset', 'mnist'], '--architecture must name an architecture'],
    ['an unknown dataset', ['--architecture', network, '--dataset', 'cifar11'], 'cifar11'],
    ['too many classes', ['--architecture', network, '--dataset', 'mnist', '--classes', '11'], '11'],
    ['a wrong field', ['--architecture', network, ...smallRun, '--set', 'batchSize=1'], 'batchSize must be at least 2'],
    ['an unknown field', ['--architecture', network, ...smallRun, '--set', 'batch=2'], 'batch'],
  ])('refuses %s before it brings anything', async (_what, options, problem) => {
    const cache = await temporaryFolder();
    vi.stubEnv('XDG_CACHE_HOME', cache);
    await expect(runCommand(register, ['train', ...options])).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining(problem) as string,
    });
    expect(await readdir(cache)).toEqual([]);
  });

  it('leaves the record of the run, which the same command finds again', async () => {
    const out = await temporaryFolder();
    const args = ['train', '--architecture', network, ...smallRun, '--out', out, '--no-tensor-board', '--json'];
    const record = runRecordSchema.parse(JSON.parse((await runCommand(register, args)).stdout));
    expect(record).toMatchObject({ outcome: 'finished', dataset: 'mnist', architecture: tinyArchitecture });
    expect(record.curve).toHaveLength(1);
    expect(await readdir(out)).toContain(`${record.runKey}.json`);
    expect(await readdir(join(out, record.runKey))).toEqual(expect.arrayContaining(['model', 'weights.bin']));

    const again = runRecordSchema.parse(JSON.parse((await runCommand(register, args)).stdout));
    expect({ ...again, timings: record.timings }).toEqual(record);
  });
});

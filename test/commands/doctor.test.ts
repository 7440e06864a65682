import { copyFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { register } from '../../commands/doctor.ts';
import type { Finding } from '../../runtime/doctor/finding.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { runCommand } from './run-command.ts';

afterEach(() => {
  process.exitCode = 0;
});

test('a missing GPU is a failure with its remedy, and exit code 1; the rest is still checked', async () => {
  const { stdout } = await runCommand(register, ['doctor', '--gpus', '5', '--state', await temporaryFolder()]);
  expect(process.exitCode).toBe(1);
  expect(stdout).toMatch(/^ok {7}native parts: /m);
  expect(stdout).toMatch(/^FAILURE {2}GPUs: GPU 5 was asked for.*\n {9}-> .+$/m);
  expect(stdout).toMatch(/^warning {2}training: not checked because of the GPUs/m);
  expect(stdout).toMatch(/^ok {7}store: /m);
});

test('as JSON, the findings are one document', async () => {
  const { stdout } = await runCommand(register, [
    'doctor',
    '--gpus',
    '5',
    '--json',
    '--state',
    await temporaryFolder(),
  ]);
  const { isFit, findings } = JSON.parse(stdout) as { isFit: boolean; findings: Finding[] };
  expect(isFit).toBe(false);
  expect(findings.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['native parts', 'GPUs', 'training', 'Temporal server', 'store', 'datasets', 'disk']),
  );
  expect(findings.every(({ status, remedy }) => (status === 'ok') === (remedy === undefined))).toBe(true);
});

test('only the needs of the roles of the machine are checked', async () => {
  const namesFor = async (role: string) => {
    const args = ['doctor', '--role', role, '--gpus', '5', '--preset', 'paper', '--json'];
    const { stdout } = await runCommand(register, [...args, '--state', await temporaryFolder()]);
    return (JSON.parse(stdout) as { findings: Finding[] }).findings.map(({ name }) => name);
  };
  const training = await namesFor('train');
  expect(training).toContain('GPUs');
  expect(training).not.toContain('dataset imagenet');
  const data = await namesFor('data,study');
  expect(data).not.toContain('GPUs');
  expect(data).toContain('dataset imagenet');
});

test('an invalid study is refused before anything is checked', async () => {
  await expect(runCommand(register, ['doctor', '--preset', 'nothing'])).rejects.toThrow(/nothing/);
});

test('a study with a command trainer needs the command instead of TensorFlow', async () => {
  vi.stubEnv('XDG_CACHE_HOME', await temporaryFolder());
  const findingsFor = async (...set: string[]) => {
    const config = fileURLToPath(new URL('../../trainers/timm/study.json', import.meta.url));
    const folder = await temporaryFolder();
    for (const file of ['study.json', 'models.json', 'train.py'])
      await copyFile(join(dirname(config), file), join(folder, file));
    await writeFile(join(folder, 'beyond_imagenet.py'), '');
    const args = ['doctor', '--config', join(folder, 'study.json'), '--role', 'train', '--gpus', 'none', '--json'];
    const { stdout } = await runCommand(register, [...args, '--state', await temporaryFolder(), ...set]);
    return (JSON.parse(stdout) as { findings: Finding[] }).findings;
  };
  const statusOf = (findings: Finding[], name: string) => findings.find((finding) => finding.name === name)?.status;
  const found = await findingsFor();
  expect(statusOf(found, 'trainer timm')).toBe('ok');
  expect(JSON.stringify(found)).not.toMatch(/tensorflow/i);
  expect(statusOf(await findingsFor('--set', 'trainer.command=["no-such"]'), 'trainer timm')).toBe('failure');
  vi.unstubAllEnvs();
});

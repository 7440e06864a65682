import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { register } from '../../commands/verify.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { runArtifacts } from '../../lib/study/documents/run-document.ts';
import { StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import { arithmeticTrainer } from '../lib/exports/arithmetic-trainer.ts';
import { madeStudy } from '../lib/report/rehearsed-study.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';
import { runCommand } from './run-command.ts';

const root = sharedTemporaryFolder();
beforeAll(async () => {
  const images = { trainingImages: 200, validationImages: 20, testImages: 50 };
  const datasets = [
    { dataset: 'fashion-mnist', ...images },
    { dataset: 'mnist', ...images },
  ];
  const set = ['population.count=2', 'analysis.bootstrapResamples=100', `datasets=${JSON.stringify(datasets)}`];
  await madeStudy(root, 'measured', set, arithmeticTrainer);
});

const { exitCode } = process;
afterEach(() => {
  process.exitCode = exitCode;
});

/** Verifies the study without training; what is printed, and the exit code. */
async function verified(...options: string[]) {
  const where = ['--store', join(root, 'store'), '--state', join(root, 'state')];
  const { stdout } = await runCommand(register, ['verify', 'measured', '--runs', '0', ...options, ...where]);
  return { stdout, exitCode: process.exitCode };
}

test('with --metric, errors must follow from the predictions of every run: those of which they do not are named', async () => {
  const balanced = await verified('--metric', 'balanced');
  expect(balanced.stdout).toContain('predictions of all runs: errors and metrics of 4 runs follow');
  expect(balanced.stdout).toMatch(/^nothing contradicts this study: /m);
  expect(balanced.exitCode).toBe(0);

  const auc = await verified('--metric', 'auc');
  expect(auc.stdout).toContain('of arch-000 on fashion-mnist, seed 0: there are not two classes');
  expect(auc.stdout).toMatch(/^NOT PROVED: the errors that were asked for do not follow/m);
  expect(auc.exitCode).toBe(1);
  await expect(verified('--metric', 'kappa')).rejects.toThrow('Allowed choices are top1, top5, balanced');

  const store = openDirectoryStore(join(root, 'store'));
  const [run] = await new StudyDocuments(store, 'measured').plan('mnist');
  await rm(join(root, 'store', runArtifacts(run!.runKey).predictions));
  const lost = await verified('--metric', 'balanced', '--json');
  expect(JSON.parse(lost.stdout)).toMatchObject({ verdict: 'unproved' });
  expect(lost.stdout).toContain('of arch-000 on mnist, seed 0: its predictions are not among the files');
  expect(lost.exitCode).toBe(1);
});

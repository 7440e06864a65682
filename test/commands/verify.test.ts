import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { register as registerExport } from '../../commands/export.ts';
import { register as registerReport } from '../../commands/report.ts';
import { register as registerStatus } from '../../commands/status.ts';
import { register } from '../../commands/verify.ts';
import { writeStudyFiles } from '../../lib/report/study-files.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { runArtifacts } from '../../lib/study/documents/run-document.ts';
import { readRunRecord, withoutResult } from '../../lib/study/documents/run-record.ts';
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

test('with --metric, errors must follow from the predictions of every run; exceptions are named', async () => {
  const balanced = await verified('--metric', 'balanced');
  expect(balanced.stdout).toContain('predictions of all runs: errors and metrics of 4 runs follow');
  expect(balanced.stdout).toMatch(/^nothing contradicts this study: /m);
  expect(balanced.exitCode).toBe(0);

  const auc = await verified('--metric', 'auc');
  expect(auc.stdout).toContain('of arch-000 on fashion-mnist, seed 0: there are not two classes');
  expect(auc.stdout).toMatch(/^NOT PROVED: the requested errors do not follow/m);
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

test('a study of whose runs another one has finished a failed one is said to be out of date, until its report is made', async () => {
  const store = openDirectoryStore(join(root, 'store'));
  const { runKey } = (await new StudyDocuments(store, 'measured').plan('mnist'))[1]!;
  const { record: name } = runArtifacts(runKey);
  const record = (await readRunRecord(store, runKey))!;
  const failed = { ...record, ...withoutResult(record.versions['engine']!, { category: 'crash', message: 'ended' }) };
  delete failed.predictions;
  await store.put(name, JSON.stringify({ ...failed, timings: { ...record.timings, trainingSeconds: 0 } }));
  await writeStudyFiles(store, 'measured');
  await store.put(name, JSON.stringify({ ...record, studyId: 'variant' }));

  const where = ['--store', join(root, 'store'), '--state', join(root, 'state')];
  const message = /measured is out of date: another study has retried a run .*; `report measured` brings/;
  const archive = () => ['export', 'measured', '--out', join(root, 'measured.zip'), '--force', ...where];
  expect((await runCommand(registerStatus, ['status', 'measured', ...where])).stderr).toMatch(message);
  expect((await runCommand(registerExport, archive())).stderr).toMatch(message);
  const outdated = await verified();
  expect(outdated.stdout).toMatch(/^OUT OF DATE: /m);
  expect(outdated.exitCode).toBe(1);

  await runCommand(registerReport, ['report', 'measured', ...where]);
  expect((await runCommand(registerStatus, ['status', 'measured', ...where])).stderr).not.toMatch(message);
  expect((await runCommand(registerExport, archive())).stderr).not.toMatch(message);
  expect((await verified()).stdout).not.toContain('OUT OF DATE');
});

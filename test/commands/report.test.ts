import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { register as registerExport } from '../../commands/export.ts';
import { register } from '../../commands/report.ts';
import { parseResults } from '../../lib/results/results-table.ts';
import { arithmeticTrainer } from '../lib/exports/arithmetic-trainer.ts';
import { madeStudy, rehearsedStudy } from '../lib/report/rehearsed-study.ts';
import { sharedTemporaryFolder, temporaryFolder } from '../temporary-folder.ts';
import { runCommand } from './run-command.ts';

const root = sharedTemporaryFolder();
const place = ['--store', join(root, 'store'), '--state', join(root, 'state')];
beforeAll(async () => {
  await rehearsedStudy(root, 'mine');
  await rehearsedStudy(root, 'other', 'seeds.training=7');
});

test('a report is written with its tables and figures, and replaces an earlier one only if forced', async () => {
  const out = await temporaryFolder();
  const { stdout } = await runCommand(register, ['report', 'mine', '--out', out, ...place]);
  expect(stdout).toContain('This is a rehearsal');
  expect(stdout).toMatch(/report: file:\/\/.*report\.html\n$/);
  expect(await readdir(out)).toEqual(
    expect.arrayContaining(['report.html', 'results.csv', 'results.parquet', 'curves.csv', 'curves.parquet']),
  );
  expect(await readdir(join(out, 'tables'))).toEqual(expect.arrayContaining(['targets.csv', 'targets.parquet']));
  const before = await readFile(join(out, 'report.html'), 'utf8');
  const again = (...options: string[]) => runCommand(register, ['report', 'other', '--out', out, ...place, ...options]);
  await expect(again()).rejects.toThrow(`${join(out, 'report.html')} already exists; --force replaces it`);
  expect(await readFile(join(out, 'report.html'), 'utf8')).toBe(before);
  await again('--force');
  expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('Rehearsal of the study other');
});

test('a report by another metric is written beside the one by top-1 errors, or names the runs that lack the metric', async () => {
  const images = { trainingImages: 200, validationImages: 20, testImages: 50 };
  const datasets = [
    { dataset: 'fashion-mnist', ...images },
    { dataset: 'mnist', ...images },
  ];
  const set = ['population.count=4', 'analysis.bootstrapResamples=100', `datasets=${JSON.stringify(datasets)}`];
  const { store } = await madeStudy(root, 'measured', set, arithmeticTrainer);
  const before = await store.list('studies/measured/');
  const report = (...options: string[]) => runCommand(register, ['report', 'measured', ...options, ...place]);
  const out = await temporaryFolder();
  const { stdout } = await report('--out', out, '--metric', 'balanced');
  expect(stdout).toMatch(/report: file:\/\/.*report\.html\n$/);
  const rows = parseResults(String(await store.get('studies/measured/results.csv')), 'results.csv');
  const ranked = parseResults(await readFile(join(out, 'results.csv'), 'utf8'), 'results.csv');
  expect(ranked.map(({ top1Error }) => top1Error)).toEqual(rows.map(({ balancedError }) => balancedError));
  expect(ranked.map(({ top1Error }) => top1Error)).not.toEqual(rows.map(({ top1Error }) => top1Error));
  expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('balanced errors');
  expect(await store.list('studies/measured/')).toEqual(before);
  await expect(report('--out', await temporaryFolder(), '--metric', 'auc')).rejects.toThrow(
    /^The metric auc is not known for every run: .*:\n {2}arch-000 on fashion-mnist, seed 0: column auc is empty/,
  );
  await expect(report('--metric', 'balanced')).rejects.toThrow('--out must be given with --metric balanced');
});

test('a comparison of two studies is a separate page, which does not replace files either', async () => {
  const out = await temporaryFolder();
  const compare = () => runCommand(register, ['report', 'mine', 'other', '--out', out, '--json', ...place]);
  const { stdout } = await compare();
  expect(JSON.parse(stdout)).toEqual({ studies: ['mine', 'other'], report: join(out, 'comparison.html') });
  await expect(compare()).rejects.toThrow('comparison.html already exists; --force replaces it');
});

test('an export replaces only empty files, and says how many bytes it wrote', async () => {
  const out = join(await temporaryFolder(), 'mine.zip');
  await writeFile(out, '');
  const exported = () => runCommand(registerExport, ['export', 'mine', '--out', out, '--json', ...place]);
  const { stdout } = await exported();
  const { length } = await readFile(out);
  expect(JSON.parse(stdout)).toEqual({ studyId: 'mine', file: out, bytes: length, predictionsBytes: 0 });
  await copyFile(out, `${out}.copy`);
  await expect(exported()).rejects.toThrow('--out would replace a file');
  expect((await readFile(out)).equals(await readFile(`${out}.copy`))).toBe(true);
});

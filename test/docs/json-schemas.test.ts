import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { register as analyze } from '../../commands/analyze.ts';
import { register as complexity } from '../../commands/complexity.ts';
import { register as datasets } from '../../commands/datasets.ts';
import { register as exportCommand } from '../../commands/export.ts';
import { register as list } from '../../commands/list.ts';
import { register as plan } from '../../commands/plan.ts';
import { register as report } from '../../commands/report.ts';
import { register as sample } from '../../commands/sample.ts';
import { register as show } from '../../commands/show.ts';
import { register as status } from '../../commands/status.ts';
import { register as verify } from '../../commands/verify.ts';
import { openExport } from '../../lib/exports/open-export.ts';
import { parseCurves } from '../../lib/results/curves-table.ts';
import { parseResults } from '../../lib/results/results-table.ts';
import { documents } from '../../tools/json-schemas.ts';
import { runCommand } from '../commands/run-command.ts';
import { rehearsedStudy } from '../lib/report/rehearsed-study.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';

const folder = new URL('../../docs/schemas/', import.meta.url);

test('docs/json-output.md names every schema', async () => {
  const text = await readFile(new URL('../json-output.md', folder), 'utf8');
  for (const name of Object.keys(documents)) expect(text).toContain(`schemas/${name}.json`);
});

describe('the output of a command with --json matches its schema, and has no more members', () => {
  const root = sharedTemporaryFolder();
  const place = ['--store', join(root, 'store'), '--state', join(root, 'state')];
  const network = JSON.stringify({
    ...{ stem: 'res_stem_cifar', stemWidth: 16, depths: [1], widths: [16], strides: [1], bottleneckRatios: [1] },
    ...{ groupWidths: [8], imageSize: 28, channels: 1, classes: 10 },
  });
  beforeAll(async () => {
    await rehearsedStudy(root, 'mine', 'rehearsal.divergenceRate=0.1');
    await writeFile(join(root, 'network.json'), network);
  }, 120_000);
  afterAll(() => {
    process.exitCode = 0;
  });

  const archive = join(root, 'mine.zip');
  test.each<[document: string, register: (program: Command) => void, ...args: string[]]>([
    ['status', status, 'status', 'mine', ...place],
    ['status-list', status, 'status', ...place],
    ['status-list', list, 'list', ...place],
    ['plan', plan, 'plan', '--preset', 'paper'],
    ['report', report, 'report', 'mine', ...place],
    ['export', exportCommand, 'export', 'mine', '--out', archive, ...place],
    ['verification', verify, 'verify', archive, '--runs', '1', ...place],
    ['sample', sample, 'sample', '--count', '3', '--preset', 'quickstart'],
    ['complexity', complexity, 'complexity', join(root, 'network.json')],
    ['show', show, 'show', join(root, 'network.json')],
    ['datasets-list', datasets, 'datasets', 'list'],
    ['datasets-check', datasets, 'datasets', 'check', 'mnist', 'natural'],
    [
      'correlations',
      analyze,
      'analyze',
      join(root, 'store/studies/mine/results.csv'),
      '--out',
      root,
      '--no-report',
      '--resamples',
      '100',
    ],
  ])('%s', async (document, register, ...args) => {
    const { stdout } = await runCommand(register, [...args, '--json']);
    expect(documents[document]!.schema.safeParse(JSON.parse(stdout)).error).toBeUndefined();
  });

  test('the rows of a results table and of its curves', async () => {
    const { store } = await openExport(archive);
    const table = async (name: string) => (await store.get(`studies/mine/${name}.csv`))!.toString();
    for (const [document, rows] of [
      ['tidy-table', parseResults(await table('results'), 'results.csv')],
      ['curves-table', parseCurves(await table('curves'), 'curves.csv')],
    ] as const)
      for (const row of rows) expect(documents[document]!.schema.safeParse(row).error).toBeUndefined();
  });

  test('the documents of an export: its index, the records, and the architectures', async () => {
    const { names, store, index } = await openExport(archive);
    const parsed = async (document: string, name: string) =>
      documents[document]!.schema.safeParse(JSON.parse((await store.get(name))!.toString())).error;
    expect(documents['export-index']!.schema.safeParse(index).error).toBeUndefined();
    expect(await parsed('architectures', 'studies/mine/architectures.json')).toBeUndefined();
    expect(await parsed('study-config', 'studies/mine/config.json')).toBeUndefined();
    expect(
      await parsed(
        'run-record',
        names.find((name) => name.endsWith('/record.json'))!,
      ),
    ).toBeUndefined();
  });
});

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { PairCorrelation, TargetAnalysis } from '../../lib/analysis/index.ts';
import { register } from '../../commands/analyze.ts';
import { stream } from '../../lib/core/random.ts';
import { parquetTable } from '../../lib/results/columnar-files.ts';
import correlationCases from '../lib/analysis/golden/correlation.expected.json' with { type: 'json' };
import transferCases from '../lib/analysis/golden/transfer.expected.json' with { type: 'json' };
import { runCommand } from './run-command.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const golden = (name: string) => fileURLToPath(new URL(`../lib/analysis/golden/${name}`, import.meta.url));
const tables = fileURLToPath(new URL('../lib/results/golden/', import.meta.url));
const quick = ['--resamples', '100', '--threads', '1'];

const readJson = async <T>(...path: string[]) => JSON.parse(await readFile(join(...path), 'utf8')) as T;

describe('analyze', () => {
  test("writes SciPy's correlations of the golden results, with the fields that others rely on, and a report", async () => {
    const out = join(await temporaryFolder(), 'deep', 'out');
    const { stdout } = await runCommand(register, ['analyze', golden('correlation.csv'), '--out', out, ...quick]);
    expect((await readdir(out)).sort()).toEqual([
      'correlations.csv',
      'correlations.json',
      'report.html',
      'tables',
      'targets.json',
    ]);
    const found = await readJson<PairCorrelation[]>(out, 'correlations.json');
    expect(found.map(({ a, b, n }) => ({ a, b, n }))).toEqual(correlationCases.map(({ a, b, n }) => ({ a, b, n })));
    found.forEach((pair, index) => {
      const names = ['pearson', 'spearman', 'kendallTauB', 'weightedTau'] as const;
      expect(Object.keys(pair)).toEqual(['a', 'b', 'n', ...names.flatMap((name) => [name, `${name}Ci95`])]);
      for (const name of names.slice(0, 3) as ['pearson', 'spearman', 'kendallTauB']) {
        const value = correlationCases[index]![name];
        if (value === null) expect([pair[name], pair[`${name}Ci95`]]).toEqual([null, null]);
        else expect(Math.abs(pair[name]! - value)).toBeLessThan(1e-9);
      }
    });
    const csv = (await readFile(join(out, 'correlations.csv'), 'utf8')).trimEnd().split('\n');
    expect(csv).toHaveLength(1 + correlationCases.length);
    expect(csv.at(-1)).toBe(`unrelated,constant,40${','.repeat(12)}`);
    expect(stdout).toMatch(/^The ranking on reference holds on aligned/);
    expect(stdout).toMatch(/^with reference +n +rho +95 % interval +verdict/m);
    expect(stdout).toMatch(/^report: file:\/\/\/.*report\.html$/m);
    expect(stdout).toContain('+0.960');
    expect(stdout).toContain('-0.828');
  });

  test('writes targets.json with the lines and partial correlations of the golden transfer', async () => {
    const out = await temporaryFolder();
    await runCommand(register, ['analyze', golden('transfer.csv'), '--out', out, '--no-report', ...quick]);
    const targets = await readJson<TargetAnalysis[]>(out, 'targets.json');
    expect(targets.map(({ target, n }) => [target, n])).toEqual(transferCases.pairs.map(({ b, n }) => [b, n]));
    targets.forEach((target, index) => {
      const { probitLine, partialPearson } = transferCases.pairs[index]!;
      expect(target.probitLine.n).toBe(probitLine.n);
      expect(target.probitLine.slope).toBeCloseTo(probitLine.slope, 9);
      expect(target.partialPearson['params']).toBeCloseTo(partialPearson.params, 9);
      expect(target.linearLine.slopeCi95).toHaveLength(2);
    });
  });

  test('writes every table as CSV and as Parquet, with the same cells', async () => {
    const out = await temporaryFolder();
    await runCommand(register, ['analyze', golden('transfer.csv'), '--out', out, '--no-report', ...quick]);
    const files = await readdir(join(out, 'tables'));
    const names = files.filter((file) => file.endsWith('.csv')).map((file) => file.slice(0, -4));
    expect(names).toEqual(expect.arrayContaining(['results', 'targets', 'effects', 'reliabilities', 'architectures']));
    expect(files).toHaveLength(2 * names.length);
    for (const name of names) {
      const [header, ...lines] = (await readFile(join(out, 'tables', `${name}.csv`), 'utf8')).trimEnd().split('\n');
      const parquet = await parquetTable(await readFile(join(out, 'tables', `${name}.parquet`)), name);
      expect(parquet.columns).toEqual(header!.split(','));
      expect(parquet.rows.map(({ cells }) => cells.join(','))).toEqual(lines);
    }
  });

  test('prints the same correlations with --json, and nothing else', async () => {
    const out = await temporaryFolder();
    const { stdout } = await runCommand(register, [
      'analyze',
      golden('correlation.csv'),
      '--out',
      out,
      '--json',
      ...quick,
    ]);
    expect(stdout).toBe(await readFile(join(out, 'correlations.json'), 'utf8'));
  });

  test('takes imagenet, else the first dataset, as the reference unless one is named', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'results.csv');
    const pairsOf = async (datasets: string[], ...options: string[]) => {
      const lines = datasets.flatMap((dataset) => [0, 1, 2].map((i) => `arch-${i},${dataset},0,0.${i + 1}`));
      await writeFile(file, ['architecture,dataset,seed,top1Error', ...lines].join('\n'));
      const { stdout } = await runCommand(register, [
        'analyze',
        file,
        '--out',
        folder,
        '--json',
        '--force',
        ...quick,
        ...options,
      ]);
      return (JSON.parse(stdout) as { a: string; b: string }[]).map(({ a, b }) => `${a} ${b}`);
    };
    expect(await pairsOf(['mnist', 'imagenet'])).toEqual(['imagenet mnist']);
    expect(await pairsOf(['mnist', 'cifar10'])).toEqual(['mnist cifar10']);
    expect(await pairsOf(['mnist', 'imagenet'], '--reference', 'mnist')).toEqual(['mnist imagenet']);
  });

  test('resamples families as a whole if their column is named, and refuses a missing column', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'families.csv');
    const random = stream(1, 'families');
    const families = Array.from({ length: 8 }, () => [random.normal(), random.normal()]);
    const lines = Array.from({ length: 64 }, (_, index) =>
      ['reference', 'target'].map(
        (dataset, column) =>
          `net-${index},${dataset},0,${0.5 + 0.02 * (families[index % 8]![column]! + 0.05 * random.normal())},f${index % 8}`,
      ),
    ).flat();
    await writeFile(file, ['architecture,dataset,seed,top1Error,family', ...lines].join('\n'));
    const width = async (...options: string[]) => {
      const out = await temporaryFolder();
      const args = ['analyze', file, '--reference', 'reference', '--out', out, '--no-report', ...quick, ...options];
      await runCommand(register, args);
      const [target] = await readJson<TargetAnalysis[]>(out, 'targets.json');
      return target!.verdictCi95![1] - target!.verdictCi95![0];
    };
    expect(await width('--cluster', 'family')).toBeGreaterThan(1.5 * (await width()));
    await expect(width('--cluster', 'clan')).rejects.toThrow(/clan/);
  });

  test('computes the same figures from a wide table in CSV, Parquet and Arrow', async () => {
    const figures = async (file: string) => {
      const out = await temporaryFolder();
      const options = [
        '--wide',
        '--unit',
        'accuracy-percent',
        '--datasets',
        'imagenet,sketch',
        '--covariates',
        'params',
      ];
      await runCommand(register, ['analyze', join(tables, file), '--out', out, '--no-report', ...options, ...quick]);
      return [await readJson(out, 'correlations.json'), await readJson(out, 'targets.json')] as const;
    };
    const [correlations, targets] = await figures('table.csv');
    expect(correlations).toMatchObject([{ a: 'imagenet', b: 'sketch', n: 3, spearman: 0.5 }]);
    expect(targets).toMatchObject([{ partialPearson: { params: null } }]);
    for (const file of ['snappy.parquet', 'lz4.arrow']) expect(await figures(file)).toEqual([correlations, targets]);
  });

  test('ranks networks by the requested metric, and names the runs that lack it', async () => {
    const folder = await temporaryFolder();
    const errors = { a: [0.125, 0.375], b: [0.25, 0.125], c: [0.375, 0.25], d: [0.5, 0.5] };
    const write = async (name: string, header: string, cells: (error: number) => string) => {
      const lines = Object.entries(errors).flatMap(([network, [first, second]]) => [
        `${network},imagenet,${cells(first!)}`,
        `${network},target,${cells(second!)}`,
      ]);
      await writeFile(join(folder, name), [`architecture,dataset,${header}`, ...lines].join('\n'));
    };
    const analyzed = async (name: string, ...options: string[]) => {
      const args = ['analyze', join(folder, name), '--out', folder, '--json', '--no-report', '--force'];
      return (await runCommand(register, [...args, ...quick, ...options])).stdout;
    };
    await write('top1.csv', 'top1Error', String);
    await write('all.csv', 'top1Error,balancedError,macroF1,auc', (error) => `0.5,${error},${1 - error},${1 - error}`);
    const expected = await analyzed('top1.csv');
    expect(JSON.parse(expected)).toMatchObject([{ a: 'imagenet', b: 'target', n: 4, spearman: 0.4 }]);
    for (const metric of ['balanced', 'macro-f1', 'auc'])
      expect(await analyzed('all.csv', '--metric', metric)).toBe(expected);
    expect(await analyzed('all.csv')).not.toBe(expected);
    await expect(analyzed('top1.csv', '--metric', 'auc')).rejects.toThrow(
      'The metric auc is not known for every run: their predictions were not kept, or their datasets do not have two classes:\n  a on imagenet, seed 0: column auc is empty',
    );
    await expect(analyzed('all.csv', '--metric', 'f1')).rejects.toThrow(
      'Allowed choices are top1, top5, balanced, macro-f1, auc',
    );
  });

  test('joins several tables, and shows how the ranking becomes visible with --curves', async () => {
    const folder = await temporaryFolder();
    const write = async (name: string, header: string, lines: string[]) => {
      await writeFile(join(folder, name), [header, ...lines].join('\n'));
      return join(folder, name);
    };
    const architectures = Array.from({ length: 8 }, (_, index) => `arch-${index}`);
    const results = await Promise.all(
      ['imagenet', 'target'].map((dataset) =>
        write(
          `${dataset}.csv`,
          'architecture,dataset,seed,top1Error',
          architectures.map((name, index) => `${name},${dataset},0,${0.1 + 0.01 * index}`),
        ),
      ),
    );
    const sizes = await write(
      'sizes.csv',
      'architecture,latency',
      architectures.map((name, index) => `${name},${10 + ((5 * index) % 8)}`),
    );
    const curves = await write(
      'curves.csv',
      'architecture,dataset,seed,epoch,validationTop1Error',
      architectures.flatMap((name, index) => [1, 2].map((epoch) => `${name},target,0,${epoch},${0.2 + 0.01 * index}`)),
    );
    const options = ['--covariates', 'latency', '--curves', curves, '--no-report', ...quick];
    await runCommand(register, ['analyze', ...results, sizes, '--out', folder, ...options]);
    expect(await readFile(join(folder, 'tables', 'curves.csv'), 'utf8')).toMatch(
      /^dataset,epochs,.*,epoch,n,spearman.*\ntarget,2,.*,1,8,1,/,
    );
    expect(await readFile(join(folder, 'tables', 'size-baselines.csv'), 'utf8')).toContain('target,latency,8,');
  });

  test('refuses a file that is not a results table, or an unknown reference, and writes nothing', async () => {
    const out = join(await temporaryFolder(), 'out');
    const analyze = (...args: string[]) => runCommand(register, ['analyze', ...args, '--out', out]);
    const table = golden('correlation.csv');
    await expect(analyze(table, '--reference', 'imagenet')).rejects.toThrow(
      'must be one of reference, aligned, opposed, tied, unrelated, constant, got imagenet',
    );
    await expect(analyze(join(out, 'none.csv'))).rejects.toThrow('there is no such file');
    await expect(analyze(fileURLToPath(import.meta.url))).rejects.toThrow('is not a CSV file');
    await expect(analyze(table, '--resamples', '99')).rejects.toThrow(/--resamples.*at least 100/);
    await expect(analyze(table, '--wide')).rejects.toThrow('--unit is missing');
    await expect(analyze(table, '--unit', 'accuracy')).rejects.toThrow('column top1Error contradicts --unit accuracy');
    await expect(analyze(table, '--wide', '--unit', 'percent')).rejects.toThrow('--unit');
    await expect(analyze(table, '--datasets', 'a,,b')).rejects.toThrow('--datasets');
    await expect(readdir(out)).rejects.toThrow('ENOENT');
  });

  test('does not replace earlier results unless forced', async () => {
    const out = await temporaryFolder();
    await writeFile(join(out, 'correlations.json'), 'earlier');
    const args = ['analyze', golden('correlation.csv'), '--out', out, '--no-report', ...quick];
    await expect(runCommand(register, args)).rejects.toThrow(
      `--out would replace a file:\n  ${join(out, 'correlations.json')} already exists; --force replaces it`,
    );
    expect(await readdir(out)).toEqual(['correlations.json']);
    await runCommand(register, [...args, '--force']);
    expect(await readFile(join(out, 'correlations.json'), 'utf8')).toMatch(/^\[/);
  });
});

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { register } from '../../commands/analyze.ts';
import expected from '../analysis/golden/correlation.expected.json' with { type: 'json' };
import { runCommand } from './run-command.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const golden = fileURLToPath(new URL('../analysis/golden/correlation.csv', import.meta.url));
const coefficients = ['pearson', 'spearman', 'kendallTauB'] as const;
const quick = ['--resamples', '100'];

describe('analyze', () => {
  test("writes SciPy's correlations of the golden results, as JSON and CSV, and a report", async () => {
    const out = join(await temporaryFolder(), 'deep', 'out');
    const { stdout } = await runCommand(register, ['analyze', golden, '--out', out, ...quick]);
    expect((await readdir(out)).sort()).toEqual(['correlations.csv', 'correlations.json', 'report.html']);
    const found = JSON.parse(await readFile(join(out, 'correlations.json'), 'utf8')) as Record<string, unknown>[];
    expect(found.map(({ a, b, n }) => ({ a, b, n }))).toEqual(expected.map(({ a, b, n }) => ({ a, b, n })));
    found.forEach((pair, index) => {
      expect(Object.keys(pair)).toEqual(['a', 'b', 'n', ...coefficients.flatMap((name) => [name, `${name}Ci95`])]);
      for (const name of coefficients) {
        const value = expected[index]?.[name] ?? null;
        if (value === null) expect([pair[name], pair[`${name}Ci95`]]).toEqual([null, null]);
        else expect(Math.abs((pair[name] as number) - value)).toBeLessThan(1e-9);
      }
    });
    const csv = (await readFile(join(out, 'correlations.csv'), 'utf8')).trimEnd().split('\n');
    expect(csv).toHaveLength(1 + expected.length);
    expect(csv.at(-1)).toBe(`unrelated,constant,40${','.repeat(9)}`);
    expect(stdout).toMatch(/^with reference +n +Pearson r/);
    expect(stdout).toContain('+0.960');
    expect(stdout).toContain('-0.828');
  });

  test('prints the same correlations with --json, and nothing else', async () => {
    const out = await temporaryFolder();
    const { stdout } = await runCommand(register, ['analyze', golden, '--out', out, '--json', ...quick]);
    expect(stdout).toBe(await readFile(join(out, 'correlations.json'), 'utf8'));
  });

  test('takes imagenet, or else the first dataset, as the reference, unless one is named', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'results.csv');
    const pairsOf = async (datasets: string[], ...options: string[]) => {
      const lines = datasets.flatMap((dataset) => [0, 1, 2].map((i) => `arch-${i},${dataset},0,0.${i + 1}`));
      await writeFile(file, ['architecture,dataset,seed,top1Error', ...lines].join('\n'));
      const { stdout } = await runCommand(register, ['analyze', file, '--out', folder, '--json', ...quick, ...options]);
      return (JSON.parse(stdout) as { a: string; b: string }[]).map(({ a, b }) => `${a} ${b}`);
    };
    expect(await pairsOf(['mnist', 'imagenet'])).toEqual(['imagenet mnist']);
    expect(await pairsOf(['mnist', 'cifar10'])).toEqual(['mnist cifar10']);
    expect(await pairsOf(['mnist', 'imagenet'], '--reference', 'mnist')).toEqual(['mnist imagenet']);
  });

  test('refuses what is not a results table, or no reference of it, and writes nothing', async () => {
    const out = join(await temporaryFolder(), 'out');
    const analyze = (...args: string[]) => runCommand(register, ['analyze', ...args, '--out', out]);
    await expect(analyze(golden, '--reference', 'imagenet')).rejects.toThrow(
      'must be one of reference, aligned, opposed, tied, unrelated, constant, got imagenet',
    );
    await expect(analyze(join(out, 'none.csv'))).rejects.toThrow('there is no such file');
    await expect(analyze(fileURLToPath(import.meta.url))).rejects.toThrow('is not a CSV file');
    await expect(analyze(golden, '--resamples', '0')).rejects.toThrow('--resamples');
    await expect(readdir(out)).rejects.toThrow('ENOENT');
  });
});

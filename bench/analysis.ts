import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { knownParameterTitles } from '../lib/analysis/parameters.ts';
import { analyzeInParallel } from '../lib/analysis/parallel/analyze-in-parallel.ts';
import { positiveInteger } from '../commands/options/option-parsers.ts';
import { textTable } from '../commands/terminal/table.ts';
import { formatCsv } from '../lib/core/files/csv.ts';
import type { ResultRow } from '../lib/results/results-table.ts';
import { resultsOf } from './analysis/tables.ts';

const resamples = 2500;

interface AnalysisBenchOptions {
  python?: string;
  pythonResamples: number;
  rounds: number;
  large?: boolean;
}

interface Timing {
  architectures: number;
  datasets: number;
  seconds: number;
}

/** `bench analysis`: measures the time of all statistics on tables of three sizes, and SciPy's time for the correlations alone. */
export function register(program: Command): void {
  program
    .command('analysis')
    .description(`all statistics with ${resamples} resamples; with --python, also the correlations alone in SciPy`)
    .option('--python <path>', 'a Python with SciPy')
    .option(
      '--python-resamples <n>',
      `number of resamples on which SciPy's time is measured, out of ${resamples}`,
      positiveInteger,
      20,
    )
    .option('--rounds <n>', 'number of measurements, whose median is shown', positiveInteger, 3)
    .option('--large', 'also 10,000 architectures x 15 datasets')
    .action(async ({ python, pythonResamples, rounds, large }: AnalysisBenchOptions) => {
      const shapes = [[500, 15], [1266, 6], ...(large ? [[10_000, 15]] : [])] as [number, number][];
      const timings: Timing[] = [];
      for (const [architectures, datasets] of shapes) {
        const rows = resultsOf(architectures, datasets);
        const seconds: number[] = [];
        for (let round = 0; round < (architectures > 2000 ? 1 : rounds); round++) seconds.push(await timeOf(rows));
        timings.push({ architectures, datasets, seconds: medianOf(seconds) });
      }
      const perResample = python === undefined ? null : await scipySeconds(python, resultsOf(500, 15), pythonResamples);
      const scipy = perResample === null ? null : perResample * resamples;
      const lines = timings.map(({ architectures, datasets, seconds }) => [
        `${architectures} x ${datasets}, all statistics`,
        seconds.toFixed(2),
      ]);
      if (scipy !== null) lines.push(['500 x 15, correlations by SciPy', scipy.toFixed(0)]);
      const result = {
        benchmark: 'analysis',
        resamples,
        threads: availableParallelism(),
        timings,
        scipySeconds: scipy,
        ratio: scipy === null ? null : scipy / timings[0]!.seconds,
        peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
      };
      process.stdout.write(`${textTable(['architectures x datasets', 'seconds'], lines)}\n${JSON.stringify(result)}\n`);
    });
}

async function timeOf(rows: readonly ResultRow[]): Promise<number> {
  const start = performance.now();
  await analyzeInParallel(rows, {
    reference: 'reference',
    bootstrapResamples: resamples,
    seed: 0,
    parameters: [...knownParameterTitles(rows).keys()],
  });
  return (performance.now() - start) / 1000;
}

const medianOf = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function scipySeconds(python: string, rows: readonly ResultRow[], count: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'beyond-imagenet-bench-'));
  try {
    const datasets = [...new Set(rows.map(({ dataset }) => dataset))];
    const errors = Array.from({ length: rows.length / datasets.length }, (_, index) =>
      rows.slice(datasets.length * index, datasets.length * (index + 1)).map(({ top1Error }) => top1Error),
    );
    const file = join(folder, 'errors.csv');
    await writeFile(file, formatCsv(datasets, errors));
    const script = join(import.meta.dirname, 'analysis', 'scipy-reference.py');
    const { stdout } = await promisify(execFile)(python, [script, file, String(count)]);
    return (JSON.parse(stdout) as { secondsPerResample: number }).secondsPerResample;
  } finally {
    await rm(folder, { recursive: true });
  }
}

import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { ConfigError } from '../core/errors.ts';
import { nonNegativeInteger, positiveInteger } from './option-parsers.ts';
import { readInputFile } from '../files/read-input.ts';

interface AnalyzeOptions {
  reference?: string;
  out: string;
  resamples: number;
  seed: number;
  json?: boolean;
}

const usualReferences = ['reference', 'imagenet'];

export function register(program: Command): void {
  program
    .command('analyze <results>')
    .description("the statistics and the report of a results table, one's own or a published one; no server needed")
    .option(
      '--reference <dataset>',
      'dataset that the others are compared with (default: reference, imagenet, or the first)',
    )
    .requiredOption('--out <folder>', 'where correlations.json, correlations.csv and report.html are written')
    .option('--resamples <n>', 'bootstrap resamples', positiveInteger, 2500)
    .option('--seed <n>', 'of resamples and permutations', nonNegativeInteger, 0)
    .option('--json', 'print the correlations as JSON')
    .action(analyze);
}

async function analyze(file: string, options: AnalyzeOptions): Promise<void> {
  const text = await readInputFile('<results>', file);
  const { parseResults } = await import('../results/results-table.ts');
  const rows = parseResults(text, file);
  const datasets = [...new Set(rows.map(({ dataset }) => dataset))] as [string, ...string[]];
  const usual = usualReferences.find((name) => datasets.includes(name));
  const reference = options.reference ?? usual ?? datasets[0];
  if (!datasets.includes(reference))
    throw new ConfigError('--reference is invalid', [`must be one of ${datasets.join(', ')}, got ${reference}`]);

  const [{ analyzeResults }, { correlationsCsv }, { studyReport }, { knownParameterTitles }, { writeFileAtomically }] =
    await Promise.all([
      import('../analysis/index.ts'),
      import('../report/correlations-csv.ts'),
      import('../report/study-report.ts'),
      import('../analysis/parameters.ts'),
      import('../files/atomic-write.ts'),
    ]);
  const parameterTitles = knownParameterTitles(rows);
  const analysis = analyzeResults(rows, {
    reference,
    bootstrapResamples: options.resamples,
    seed: options.seed,
    parameters: [...parameterTitles.keys()],
  });
  const report = await studyReport({
    title: `Errors on ${reference} and elsewhere`,
    description: `Analysis of ${basename(file)}`,
    rows,
    analysis,
    extremes: 10,
    curves: [],
    parameterTitles,
  });
  const json = `${JSON.stringify(analysis.correlations, undefined, 2)}\n`;
  await writeFileAtomically(join(options.out, 'correlations.json'), json);
  await writeFileAtomically(join(options.out, 'correlations.csv'), correlationsCsv(analysis.correlations));
  await writeFileAtomically(join(options.out, 'report.html'), report);
  if (options.json) process.stdout.write(json);
  else {
    const { headlineTable } = await import('./headline.ts');
    process.stdout.write(`${headlineTable(analysis)}\n\nreport: ${join(options.out, 'report.html')}\n`);
  }
}

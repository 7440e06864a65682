import { basename, join } from 'node:path';
import { Option, type Command } from 'commander';
import type { IntervalMethod } from '../lib/analysis/index.ts';
import { analyzeInParallel } from '../lib/analysis/parallel/analyze-in-parallel.ts';
import { knownParameterTitles } from '../lib/analysis/parameters.ts';
import { ConfigError } from '../lib/core/errors.ts';
import { writeFileAtomically } from '../lib/core/files/atomic-write.ts';
import { tablesReport } from '../lib/report/tables-report.ts';
import { writeAnalysis } from '../lib/report/written-analysis.ts';
import { curveRows, type CurveRow } from '../lib/results/curves-table.ts';
import { rowsByMetric, type MetricName } from '../lib/results/metric.ts';
import { readTable } from '../lib/results/read-table.ts';
import type { ResultRow } from '../lib/results/results-table.ts';
import { joinedTidyRows, tidyCovariates } from '../lib/results/tidy-tables.ts';
import { inFractions, units, type Unit } from '../lib/results/units.ts';
import { wideCovariates, wideRows } from '../lib/results/wide-tables.ts';
import { metricOption } from './options/metric-option.ts';
import { integerFrom, names, nonNegativeInteger, positiveInteger } from './options/option-parsers.ts';
import { checkOutputFile, forceOption } from './options/output-paths.ts';
import { AnalysisProgress } from './terminal/analysis-progress.ts';
import { linkTo } from './studies/results.ts';
import { findingsText } from './terminal/headline.ts';
import { print, printJson } from './terminal/print.ts';

interface AnalyzeOptions {
  reference?: string;
  out: string;
  wide?: boolean;
  architectureColumn?: string[];
  unit?: Unit;
  datasets?: string[];
  covariates: string[];
  curves?: string;
  cluster?: string;
  metric?: MetricName;
  resamples: number;
  seed: number;
  intervals: IntervalMethod;
  threads?: number;
  report: boolean;
  force: boolean;
  json?: boolean;
}

/** `analyze`: statistics and report of any results tables. */
export function register(program: Command): void {
  program
    .command('analyze <table...>')
    .description('compute statistics and a report from results tables, your own or published ones; needs no server')
    .addHelpText(
      'after',
      `
Tables are CSV (also with semicolons or tabs), Parquet or Arrow. Tidy tables have one row per run, with the columns architecture,
dataset, seed and top1Error (a fraction; with --unit also a percentage, or top1Accuracy), and any others; several are joined, and
one without datasets adds covariates by architecture. Wide tables (--wide) have one row per architecture and one column per dataset; several are joined by architecture.`,
    )
    .option(
      '--reference <dataset>',
      'dataset that the others are compared with (default: reference, imagenet, or the first)',
    )
    .requiredOption('--out <folder>', 'folder for correlations.json, targets.json, tables/ and report.html')
    .option('--wide', 'the tables have one column per dataset')
    .option(
      '--architecture-column <columns>',
      'in wide tables: columns that identify an architecture, comma-separated (default: architecture, model, or the first)',
      names,
    )
    .addOption(
      new Option('--unit <unit>', 'unit of the numbers (default for tidy tables: error, as a fraction)').choices(units),
    )
    .option(
      '--datasets <columns>',
      'in wide tables: columns of the datasets, comma-separated (default: all others)',
      names,
    )
    .option(
      '--covariates <columns>',
      'measures of size in addition to params, flops, acts and depth, comma-separated',
      names,
      [],
    )
    .option('--curves <table>', 'training curves: architecture, dataset, seed, epoch, validationTop1Error')
    .option(
      '--cluster <column>',
      'column that names the family of each network; families are resampled as a whole, and their number counts, not the number of networks',
    )
    .addOption(
      metricOption(
        'errors by which networks are ranked, from the column top1Error, top5Error, balancedError, macroF1 or auc (default: top1)',
      ),
    )
    .option('--resamples <n>', 'bootstrap resamples, at least 100; fewer are faster', integerFrom(100, 1e6), 2500)
    .option('--seed <n>', 'seed of the resamples and permutations', nonNegativeInteger, 0)
    .addOption(
      new Option('--intervals <method>', 'method for computing intervals from the resamples')
        .choices(['percentile', 'bca'])
        .default('percentile'),
    )
    .option('--threads <n>', 'number of threads, which does not affect the results (default: cores)', positiveInteger)
    .addOption(forceOption())
    .option('--no-report', 'do not write report.html')
    .option('--json', 'print the correlations as JSON')
    .action(analyze);
}

const usualReferences = ['reference', 'imagenet'];

async function analyze(files: string[], options: AnalyzeOptions): Promise<void> {
  const { rows: all, covariates } = await readRows(files, options);
  const rows = rowsByMetric(all, options.metric ?? 'top1');
  const curves = await readCurves(options.curves, options.wide ? undefined : options.unit);
  const reference = referenceOf(rows, options.reference);
  for (const name of ['correlations.json', ...(options.report ? ['report.html'] : [])])
    await checkOutputFile('--out', join(options.out, name), options.force);
  const known = knownParameterTitles(rows);
  const parameterTitles = new Map([...known, ...covariates.map((name) => [name, known.get(name) ?? name] as const)]);
  const progress = new AnalysisProgress(process.stderr);
  const analysis = await analyzeInParallel(
    rows,
    {
      reference,
      bootstrapResamples: options.resamples,
      seed: options.seed,
      parameters: [...parameterTitles.keys()],
      covariates,
      curves,
      intervals: options.intervals,
      cluster: options.cluster,
    },
    {
      onProgress: (done) => progress.show(done),
      ...(options.threads === undefined ? {} : { threads: options.threads }),
    },
  );
  progress.end();
  await writeAnalysis(options.out, rows, analysis);
  if (options.report) {
    const sources = files.map((file) => basename(file));
    const report = await tablesReport(sources, rows, curves, analysis, parameterTitles, options.metric);
    await writeFileAtomically(join(options.out, 'report.html'), report);
  }
  if (options.json) printJson(analysis.correlations);
  else {
    const written = options.report ? `report: ${linkTo(join(options.out, 'report.html'))}` : `written: ${options.out}`;
    print(`${findingsText(analysis)}\n\n${written}`);
  }
}

/** Reads the rows of all tables, and the columns that measure architectures. */
async function readRows(
  files: readonly string[],
  options: AnalyzeOptions,
): Promise<{ rows: ResultRow[]; covariates: string[] }> {
  const { wide = false, unit, architectureColumn, datasets, covariates, cluster } = options;
  const needed = Object.entries({
    '--architecture-column': architectureColumn,
    '--datasets': datasets,
  });
  const given = needed.filter(([, value]) => value !== undefined).map(([option]) => option);
  if (options.metric !== undefined && options.metric !== 'top1') {
    const other = wide ? '--wide' : options.curves !== undefined ? '--curves' : undefined;
    if (other !== undefined)
      throw new ConfigError('--metric is for tidy tables without curves', [
        `${other} must not be given with --metric ${options.metric}, as its numbers are of one kind of error`,
      ]);
  }
  if (!wide && given.length > 0)
    throw new ConfigError(`${given[0]} is for wide tables`, ['--wide must be given with it']);
  if (wide && unit === undefined)
    throw new ConfigError('--unit is missing', [`must be one of ${units.join(', ')} for wide tables`]);
  const read = [];
  for (const file of files) read.push(await readTable(file));
  if (!wide) {
    const tables = read.map((table) => (unit === undefined ? table : inFractions(table, unit)));
    return { rows: joinedTidyRows(tables, covariates), covariates: tidyCovariates(tables, covariates) };
  }
  const wideOptions = { unit: unit!, architectureColumns: architectureColumn, datasets, covariates, cluster };
  return { rows: wideRows(read, wideOptions), covariates: wideCovariates(read, wideOptions) };
}

async function readCurves(file: string | undefined, unit: Unit | undefined): Promise<CurveRow[]> {
  if (file === undefined) return [];
  const table = await readTable(file);
  return curveRows(unit === undefined ? table : inFractions(table, unit));
}

function referenceOf(rows: readonly ResultRow[], option: string | undefined): string {
  const datasets = [...new Set(rows.map(({ dataset }) => dataset))] as [string, ...string[]];
  const reference = option ?? usualReferences.find((name) => datasets.includes(name)) ?? datasets[0];
  if (!datasets.includes(reference))
    throw new ConfigError('--reference is invalid', [`must be one of ${datasets.join(', ')}, got ${reference}`]);
  return reference;
}

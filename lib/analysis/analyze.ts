import type { ResultRow } from '../results/results-table.ts';
import type { Analysis } from './analysis.ts';
import { analysisTable, type AnalysisOptions, type AnalysisTable } from './analysis-table.ts';
import { benjaminiHochberg, holm } from './corrections.ts';
import { errorMatrix } from './errors.ts';
import { analysisJobs, runJob, type JobFigures } from './jobs.ts';
import { Kernel } from './kernel/kernel.ts';
import { rangeContradictions } from './ranges.ts';
import { runCounts } from './runs.ts';
import { sizeBaselines } from './size-alone.ts';

/**
 * The statistics of a results table, in this thread; `parallel/` does the same on several.
 * @throws Error where no row is of the reference
 */
export function analyzeResults(rows: readonly ResultRow[], options: AnalysisOptions): Analysis {
  const table = analysisTable(rows, options);
  const kernel = new Kernel();
  return assembled(
    rows,
    table,
    analysisJobs(table).map((job) => runJob(kernel, table, job)),
  );
}

/** The whole analysis from the figures of its jobs, in the order of the jobs. */
export function assembled(
  rows: readonly ResultRow[],
  table: AnalysisTable,
  parts: readonly Partial<JobFigures>[],
): Analysis {
  const all = <Name extends keyof JobFigures>(name: Name) =>
    parts.flatMap((part) => (part[name] ?? []) as JobFigures[Name][number][]);
  const places = placesOf(table.datasets);
  const parameters = placesOf([...table.parameters.keys()]);
  const correlations = inOrder(all('correlations'), ({ a, b }) => [places(a), places(b)]);
  const attenuation = inOrder(all('attenuation'), ({ a, b }) => [places(a), places(b)]);
  const effects = inOrder(all('effects'), ({ parameter, dataset }) => [parameters(parameter), places(dataset)]);
  const ranges = all('ranges');
  const { replicates, permutations, seed, intervals } = table;
  return {
    reference: table.reference,
    methods: { resamples: replicates.resamples, permutations, seed, intervals },
    matrix: errorMatrix(table),
    datasets: [...table.facts],
    runs: runCounts(rows, table.datasets),
    correlations,
    targets: withCorrections(all('targets')),
    transfers: all('transfers'),
    reliabilities: all('reliabilities'),
    attenuation,
    comparisons: all('comparisons'),
    populationSizes: all('populationSizes'),
    sizeBaselines: sizeBaselines(table, effects),
    choices: all('choices'),
    effects: withCorrections(effects),
    ranges,
    contradictions: rangeContradictions(ranges),
    subsets: all('subsets'),
    advice: all('advice'),
    curves: all('curves'),
  };
}

function placesOf(names: readonly string[]): (name: string) => number {
  const places = new Map(names.map((name, index) => [name, index]));
  return (name) => places.get(name)!;
}

/** Sorted by a first and then a second number, whatever jobs they come from. */
function inOrder<Item>(items: readonly Item[], key: (item: Item) => readonly [number, number]): Item[] {
  const keyed = items.map((item) => ({ item, key: key(item) }));
  return keyed.sort((x, y) => x.key[0] - y.key[0] || x.key[1] - y.key[1]).map(({ item }) => item);
}

/** A family of tests with its p-values corrected over all of it. */
function withCorrections<Test extends { pValue: number | null }>(tests: readonly Test[]): Test[] {
  const pValues = tests.map(({ pValue }) => pValue);
  const [byHolm, byRate] = [holm(pValues), benjaminiHochberg(pValues)];
  return tests.map((test, index) => ({
    ...test,
    pValueHolm: byHolm[index]!,
    pValueBenjaminiHochberg: byRate[index]!,
  }));
}

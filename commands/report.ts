import { InvalidArgumentError, type Command } from 'commander';
import { join, resolve } from 'node:path';
import { noSuchStudy } from '../control/look-up.ts';
import { ConfigError } from '../lib/core/errors.ts';
import { writeFileAtomically } from '../lib/core/files/atomic-write.ts';
import { stateFolder } from '../lib/core/files/state-folder.ts';
import { analysisTables } from '../lib/report/analysis-tables.ts';
import { comparisonReport } from '../lib/report/comparison-report.ts';
import { parquetOf } from '../lib/results/columnar-files.ts';
import type { MetricName } from '../lib/results/metric.ts';
import { csvOf } from '../lib/results/flat-rows.ts';
import { forSpreadsheets } from '../lib/report/spreadsheet-text.ts';
import { figureFiles } from '../lib/report/export/figure-files.ts';
import { markdownSummary } from '../lib/report/export/markdown.ts';
import { filesByMetric, writeStudyFiles, type ReportedStudy } from '../lib/report/study-files.ts';
import { reportData, type StudyReportInput } from '../lib/report/study-report.ts';
import { writeTables } from '../lib/report/written-analysis.ts';
import { openStore } from '../lib/store/open-store.ts';
import { studyArtifacts, StudyDocuments } from '../lib/study/documents/study-documents.ts';
import { linkTo, rehearsalColours, rehearsalNote } from './studies/results.ts';
import { findingsText } from './terminal/headline.ts';
import { metricOption } from './options/metric-option.ts';
import { checkOutputFile, forceOption } from './options/output-paths.ts';
import { withStateOptions } from './options/state-option.ts';
import type { StudiesOptions } from './studies/open-studies.ts';
import { print, printDocument, printJson } from './terminal/print.ts';

interface ReportOptions extends StudiesOptions {
  out?: string;
  metric?: MetricName;
  markdown: boolean;
  json: boolean;
  serve: boolean;
  host: string;
  port: number;
  force: boolean;
}

/** `report`: writes the report of the runs that have ended so far. */
export function register(program: Command): void {
  withStateOptions(
    program
      .command('report')
      .argument('<id...>', 'id of the study, or ids of several to show side by side')
      .description('rebuild the report of a study from the runs that have ended so far; needs no server')
      .option('--out <folder>', 'folder for the report, tables and each figure (SVG, PDF, CSV) (default: the store)')
      .addOption(forceOption())
      .addOption(metricOption('errors by which networks are ranked; needs --out (default: top1)'))
      .option('--markdown', 'print a summary in Markdown', false)
      .option('--json', 'print where the report was written as JSON', false)
      .option('--serve', 'serve a page that follows the study while it runs', false)
      .option('--host <address>', 'address on which the page is served', '127.0.0.1')
      .option('--port <n>', 'port of the page; 0 for any free port', port, 0),
  ).action(async (ids: [string, ...string[]], options: ReportOptions) => {
    if (options.metric !== undefined && options.metric !== 'top1' && (options.serve || options.out === undefined))
      throw new ConfigError('--metric is for reports in a folder', [
        `--out must be given with --metric ${options.metric}, and not --serve: the report in the store is by top-1 errors`,
      ]);
    if (options.serve) {
      const { serveReport } = await import('./serve-report.ts');
      process.exitCode = await serveReport(ids, options);
    } else await rebuildReport(ids, options);
  });
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) throw new InvalidArgumentError('It must be from 0 to 65535.');
  return Number(text);
}

/**
 * Writes tables, correlations and report of a study from its runs so far, and prints the headline; for several studies, a page
 * that shows them side by side.
 * @throws ConfigError if there is no such study, ArtifactError if there is nothing to report
 */
async function rebuildReport(
  ids: readonly [string, ...string[]],
  { out, metric = 'top1', markdown, json, force, ...options }: Omit<ReportOptions, 'serve' | 'host' | 'port'>,
): Promise<void> {
  const store = openStore(options.store, stateFolder(options.state));
  for (const [index, id] of ids.entries()) {
    if (ids.indexOf(id) !== index) throw new ConfigError('The studies are invalid', [`${id} appears twice`]);
    if ((await new StudyDocuments(store, id).findConfig()) === undefined) throw await noSuchStudy(store, id);
  }
  const page = ids.length > 1 ? 'comparison.html' : 'report.html';
  if (out !== undefined || ids.length > 1) await checkOutputFile('--out', resolve(out ?? '.', page), force);
  const studies: ReportedStudy[] = [];
  for (const id of ids) {
    const ranked = await writeStudyFiles(store, id);
    studies.push(metric === 'top1' ? ranked : await filesByMetric(store, id, metric));
  }
  const inputs = studies.map(({ input }) => input);
  const [{ analysis, title, methods }] = inputs as [StudyReportInput];
  if (ids.length > 1) {
    const report = resolve(out ?? '.', page);
    await writeFileAtomically(report, comparisonReport(inputs));
    if (json) printJson({ studies: ids, report });
    else print(`report: ${linkTo(report)}`);
    return;
  }
  const [id, input] = [ids[0], inputs[0]!];
  const report = out === undefined ? await store.localFile(studyArtifacts(id).report) : resolve(out, page);
  if (out !== undefined) await writeFolder(id, out, studies[0]!);
  const isRehearsal = methods?.config.rehearsal !== undefined;
  if (json) printJson({ studies: ids, report });
  else if (markdown) printDocument(markdownSummary(title, reportData(input), isRehearsal).trimEnd());
  else
    print(
      `${isRehearsal ? `${rehearsalNote}\n` : ''}${findingsText(analysis)}\n\nreport: ${linkTo(report)}`,
      rehearsalColours,
    );
}

async function writeFolder(id: string, out: string, { input, files }: ReportedStudy): Promise<void> {
  const names = studyArtifacts(id);
  for (const name of [names.correlations, names.correlationsTable, names.report])
    await writeFileAtomically(join(out, name.slice(name.lastIndexOf('/') + 1)), files.get(name)!);
  for (const [name, rows] of [
    ['results', input.rows],
    ['curves', input.curves.map((row) => ({ ...row }))],
  ] as const) {
    await writeFileAtomically(join(out, `${name}.csv`), csvOf(forSpreadsheets(rows)));
    await writeFileAtomically(join(out, `${name}.parquet`), parquetOf(rows));
  }
  await writeTables(out, analysisTables(input.analysis));
  for await (const [path, content] of figureFiles(input)) await writeFileAtomically(join(out, path), content);
}

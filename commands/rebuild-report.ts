import { join } from 'node:path';
import { noSuchStudy } from '../control/look-up.ts';
import { writeFileAtomically } from '../files/atomic-write.ts';
import { stateFolder } from '../files/state-folder.ts';
import { storeAnalysis } from '../report/stored-analysis.ts';
import { analyzeStudy, readStudyResults, readReportInput } from '../report/study-results.ts';
import { studyReport } from '../report/study-report.ts';
import { collectRuns, formatCurves, rowsOfRuns } from '../results/collect-results.ts';
import { formatResults } from '../results/results-table.ts';
import { openStore } from '../store/open-store.ts';
import { studyArtifacts, StudyDocuments } from '../store/study-documents.ts';
import { headlineTable } from './headline.ts';
import type { StudiesOptions } from './with-studies.ts';

/**
 * Writes tables, correlations and report of a study as it stands, and prints the headline.
 * @throws ConfigError where there is no such study, ArtifactError where there is nothing to report
 */
export async function rebuildReport(id: string, options: { out?: string } & StudiesOptions): Promise<void> {
  const { out } = options;
  const store = openStore(options.store, stateFolder(options.state));
  if ((await new StudyDocuments(store, id).findConfig()) === undefined) throw await noSuchStudy(store, id);
  const names = studyArtifacts(id);
  const runs = await collectRuns(store, id);
  await store.put(names.results, formatResults(rowsOfRuns(runs)));
  await store.put(names.curves, formatCurves(runs));
  const results = await readStudyResults(store, id);
  const analysis = await analyzeStudy(results);
  await storeAnalysis(store, id, analysis);
  await store.put(names.report, await studyReport(await readReportInput(store, results, analysis)));
  let report = await store.localFile(names.report);
  if (out !== undefined) {
    for (const name of [names.results, names.curves, names.correlations, names.correlationsTable, names.report])
      await writeFileAtomically(join(out, fileOf(name)), (await store.get(name))!);
    report = join(out, fileOf(names.report));
  }
  process.stdout.write(`${headlineTable(analysis)}\n\nreport: ${report}\n`);
}

const fileOf = (name: string) => name.slice(name.lastIndexOf('/') + 1);

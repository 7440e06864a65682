import { join } from 'node:path';
import { storeAnalysis } from '../report/stored-analysis.ts';
import { studyArtifacts, StudyDocuments } from '../store/study-documents.ts';
import { analyzeStudy, collectStudyResults, reportOfStudy } from '../report/study-results.ts';
import { openDirectoryStore } from '../store/directory-store.ts';
import { formatResults } from '../results/results-table.ts';
import { headlineTable } from './headline.ts';
import { stateFolder } from '../files/state-folder.ts';
import { writeFileAtomically } from '../files/atomic-write.ts';
import { noSuchStudy } from '../control/look-up.ts';

/**
 * Writes table, correlations and report of a study as it stands, and prints the headline.
 * @throws ConfigError where there is no such study, or nothing to report
 */
export async function rebuildReport(id: string, { out, state }: { out?: string; state?: string }): Promise<void> {
  const store = openDirectoryStore(stateFolder(state).store);
  if ((await new StudyDocuments(store, id).findConfig()) === undefined) throw await noSuchStudy(store, id);
  const results = await collectStudyResults(store, id);
  const analysis = await analyzeStudy(results);
  const names = studyArtifacts(id);
  await storeAnalysis(store, id, analysis);
  await store.put(names.results, formatResults(results.rows));
  await store.put(names.report, await reportOfStudy(results, analysis));
  let report = await store.localFile(names.report);
  if (out !== undefined) {
    for (const name of [names.results, names.correlations, names.correlationsTable, names.report])
      await writeFileAtomically(join(out, fileOf(name)), (await store.get(name))?.toString() ?? '');
    report = join(out, fileOf(names.report));
  }
  process.stdout.write(`${headlineTable(analysis)}\n\nreport: ${report}\n`);
}

const fileOf = (name: string) => name.slice(name.lastIndexOf('/') + 1);

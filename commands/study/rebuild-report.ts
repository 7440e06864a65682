import { join } from 'node:path';
import { studyArtifacts, StudyDocuments } from '../../activities/study-documents.ts';
import { analyzeStudy, collectStudyResults, reportOfStudy } from '../../activities/study-results.ts';
import { correlationsCsv } from '../../analysis/correlations-file.ts';
import { openDirectoryStore } from '../../results/directory-store.ts';
import { toCsv } from '../../results/results-table.ts';
import { headlineTable } from '../headline.ts';
import { noSuchStudy } from './look-up.ts';
import { stateFolder } from '../local/state-folder.ts';
import { writeOutputFile } from '../output.ts';

/**
 * Writes table, correlations and report of a study as it stands, and prints the headline.
 * @throws ConfigError where there is no such study, or nothing is finished
 */
export async function rebuildReport(id: string, { out, state }: { out?: string; state?: string }): Promise<void> {
  const store = openDirectoryStore(stateFolder(state).store);
  if ((await new StudyDocuments(store, id).findConfig()) === undefined) throw await noSuchStudy(store, id);
  const results = await collectStudyResults(store, id);
  const analysis = await analyzeStudy(results);
  const names = studyArtifacts(id);
  const files = [
    [names.results, toCsv(results.rows)],
    [names.correlations, `${JSON.stringify(analysis.correlations, undefined, 2)}\n`],
    [names.correlationsTable, correlationsCsv(analysis.correlations)],
    [names.report, await reportOfStudy(results, analysis)],
  ] as const;
  for (const [name, content] of files)
    if (out === undefined) await store.put(name, content);
    else await writeOutputFile(join(out, fileOf(name)), content);
  const report = out === undefined ? await store.localFile(names.report) : join(out, fileOf(names.report));
  process.stdout.write(`${headlineTable(analysis)}\n\nreport: ${report}\n`);
}

const fileOf = (name: string) => name.slice(name.lastIndexOf('/') + 1);

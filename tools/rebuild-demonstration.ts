import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFileAtomically } from '../lib/core/files/atomic-write.ts';
import { fileProblems, openExport } from '../lib/exports/open-export.ts';
import { exportStudy } from '../lib/exports/write-export.ts';
import { markdownSummary } from '../lib/report/export/markdown.ts';
import { reportData } from '../lib/report/study-report.ts';
import { writeStudyFiles } from '../lib/report/study-files.ts';
import { openDirectoryStore } from '../lib/store/directory-store.ts';
import { studyArtifacts } from '../lib/study/documents/study-documents.ts';

// Rebuilds tables, statistics and report of docs/demonstration from the records in its export, after the code for any of them has changed:
//   tsx tools/rebuild-demonstration.ts

const folder = new URL('../docs/demonstration/', import.meta.url);
const archive = fileURLToPath(new URL('demonstration.zip', folder));

const root = await mkdtemp(join(tmpdir(), 'demonstration-'));
try {
  const opened = await openExport(archive);
  const problems = await fileProblems(opened);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const { study, weights } = opened.index;
  const store = openDirectoryStore(root);
  for (const name of opened.names) if (name !== 'README.txt') await store.put(name, (await opened.store.get(name))!);
  const { input } = await writeStudyFiles(store, study);
  // The checksums of the weights come from the machine that trained them.
  await writeFileAtomically(archive, exportStudy(store, study, { weights }));
  const names = studyArtifacts(study);
  await writeFile(new URL('report.html', folder), (await store.get(names.report))!);
  await writeFile(new URL('results.csv', folder), (await store.get(names.results))!);
  await writeFile(new URL('summary.md', folder), markdownSummary(input.title, reportData(input), false));
} finally {
  await rm(root, { recursive: true });
}

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzip, zipOf } from '../lib/core/files/zip.ts';
import { exportIndexName, type ExportIndex } from '../lib/report/export/export-index.ts';
import { markdownSummary } from '../lib/report/export/markdown.ts';
import { importStudy } from '../lib/report/export/read-export.ts';
import { exportStudy } from '../lib/report/export/write-export.ts';
import { reportData } from '../lib/report/study-report.ts';
import { writeStudyFiles } from '../lib/report/study-files.ts';
import { openDirectoryStore } from '../lib/store/directory-store.ts';
import { studyArtifacts } from '../lib/study/documents/study-documents.ts';

// Makes tables, statistics and report of docs/demonstration anew from the records in its export, after any of them was changed:
//   tsx tools/rebuild-demonstration.ts

const folder = new URL('../docs/demonstration/', import.meta.url);
const archive = new URL('demonstration.zip', folder);

const root = await mkdtemp(join(tmpdir(), 'demonstration-'));
try {
  const store = openDirectoryStore(root);
  const { study, weights, problems } = await importStudy(await readFile(archive), 'demonstration.zip', store);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const input = await writeStudyFiles(store, study);
  const weightsDigest = () => {
    throw new Error('an export holds no weights');
  };
  const files = await unzip(await exportStudy(store, study, { weightsDigest }), { bytes: 2 ** 30, files: 100_000 });
  // The checksums of the weights are those of the machine that trained them.
  const index = JSON.parse(files.get(exportIndexName)!.toString()) as ExportIndex;
  files.set(exportIndexName, Buffer.from(`${JSON.stringify({ ...index, weights }, undefined, 2)}\n`));
  await writeFile(archive, await zipOf(files));
  const names = studyArtifacts(study);
  await writeFile(new URL('report.html', folder), (await store.get(names.report))!);
  await writeFile(new URL('results.csv', folder), (await store.get(names.results))!);
  await writeFile(new URL('summary.md', folder), markdownSummary(input.title, reportData(input), false));
} finally {
  await rm(root, { recursive: true });
}

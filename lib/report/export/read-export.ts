import { ArtifactError } from '../../core/errors.ts';
import { parseJsonWith } from '../../core/validation.ts';
import { unzip } from '../../core/files/zip.ts';
import type { ArtifactStore } from '../../store/artifact-store.ts';
import { exportIndexName, exportIndexSchema, isExportName, sha256, type ExportIndex } from './export-index.ts';

/** An exported study that was put into a store. */
export interface ImportedStudy {
  study: string;
  /** Checksums of the weights, by run key. */
  weights: ExportIndex['weights'];
  /** Files that are missing, changed or not listed, one a line. */
  problems: string[];
}

/** Records of tens of thousands of runs. */
const limits = { bytes: 4 * 2 ** 30, files: 500_000 };

/**
 * Puts the files of an exported study into an empty store, and tells which are not what the export says.
 * @param source what the archive is called in errors
 * @throws ArtifactError where it is no export, or holds what no export does
 */
export async function importStudy(content: Buffer, source: string, store: ArtifactStore): Promise<ImportedStudy> {
  const files = await unzip(content, limits).catch((error: unknown) => {
    throw new ArtifactError(`${source} is not an exported study`, [(error as Error).message]);
  });
  const indexFile = files.get(exportIndexName);
  if (indexFile === undefined)
    throw new ArtifactError(`${source} is not an exported study`, [`it must have the file ${exportIndexName}`]);
  const index = parseJsonWith(
    exportIndexSchema,
    indexFile.toString(),
    `${exportIndexName} of ${source}`,
    ArtifactError,
  );
  files.delete(exportIndexName);
  files.delete('README.txt');
  const strange = [...files.keys(), ...Object.keys(index.files)].filter((name) => !isExportName(name, index.study));
  if (strange.length > 0)
    throw new ArtifactError(
      `${source} is not an exported study`,
      [...new Set(strange)].map((name) => `${JSON.stringify(name)} is no file of an export`),
    );
  const problems = [
    ...Object.keys(index.files)
      .filter((name) => !files.has(name))
      .map((name) => `${name} is missing`),
    ...[...files].flatMap(([name, file]) => {
      const expected = index.files[name];
      if (expected === undefined) return [`${name} is not listed in ${exportIndexName}`];
      return sha256(file) === expected
        ? []
        : [`${name} was changed: its SHA-256 must be ${expected}, got ${sha256(file)}`];
    }),
  ];
  for (const [name, file] of files) await store.put(name, file);
  return { study: index.study, weights: index.weights, problems };
}

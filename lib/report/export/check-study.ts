import { OperationalError } from '../../core/errors.ts';
import { collectRuns, formatCurves, rowsOfRuns } from '../../results/collect-results.ts';
import { parseCurves } from '../../results/curves-table.ts';
import { formatResults, parseResults, type ResultRow } from '../../results/results-table.ts';
import type { ArtifactStore } from '../../store/artifact-store.ts';
import { readRunDocument, runKeyOf } from '../../study/documents/run-document.ts';
import { studyArtifacts } from '../../study/documents/study-documents.ts';
import { findAnalysis } from '../stored-analysis.ts';
import { analyzeStudy, readStudyResults } from '../study-results.ts';
import { compareFigures, type FigureComparison } from './compare-figures.ts';

/** Whether the tables and statistics of a study follow from the records of its runs. */
export interface StudyCheck {
  runs: number;
  /** Records that are not of the run that their key stands for, or cannot be read. */
  recordProblems: string[];
  /** Cells of the results table that are not what the records say. */
  tableProblems: string[];
  /** The statistics as they are stored beside those computed again from the records; undefined where records cannot be read. */
  statistics: FigureComparison | undefined;
}

/** Checks a study by what is in a store: every record, every row of its table, every statistic. */
export async function checkStudy(store: ArtifactStore, studyId: string): Promise<StudyCheck> {
  let collected: Awaited<ReturnType<typeof collectRuns>>;
  try {
    collected = await collectRuns(store, studyId);
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    return { runs: 0, recordProblems: [error.message], tableProblems: [], statistics: undefined };
  }
  const recordProblems: string[] = [];
  for (const { record } of collected) {
    const { runKey, architecture, datasetDigest, protocol, seed, versions } = record;
    try {
      const { engine } = await readRunDocument(store, runKey);
      const own = runKeyOf({ architecture, datasetDigest, protocol, seed, engine });
      if (own !== runKey)
        recordProblems.push(`runs/${runKey}/record.json tells of another run: what it says has the key ${own}`);
      else if (versions['engine'] !== undefined && versions['engine'] !== engine)
        recordProblems.push(`runs/${runKey}/record.json: versions.engine must be ${engine}, got ${versions['engine']}`);
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      recordProblems.push(error.message);
    }
  }
  // As the stored ones, through the text of the table.
  const rows = parseResults(formatResults(rowsOfRuns(collected)), 'the records');
  const results = await readStudyResults(store, studyId);
  const stored = await findAnalysis(store, studyId);
  const curves = parseCurves(formatCurves(collected), 'the records');
  const computed = await analyzeStudy({ ...results, rows, curves });
  return {
    runs: collected.length,
    recordProblems,
    tableProblems: tableProblems(results.rows, rows, studyArtifacts(studyId).results),
    statistics: stored && compareFigures(stored, computed),
  };
}

function tableProblems(stored: readonly ResultRow[], computed: readonly ResultRow[], table: string): string[] {
  const keyOf = ({ architecture, dataset, seed }: ResultRow) => `${architecture} on ${dataset}, seed ${seed}`;
  const rows = new Map(stored.map((row) => [keyOf(row), row]));
  const problems = computed.flatMap((row) => {
    const key = keyOf(row);
    const other = rows.get(key);
    rows.delete(key);
    if (other === undefined) return [`${key}: has a record and no row in ${table}`];
    return Object.keys({ ...row, ...other })
      .filter((column) => (row[column] ?? null) !== (other[column] ?? null))
      .map(
        (column) =>
          `${key}: ${column} is ${JSON.stringify(other[column] ?? null)} in ${table} and ${JSON.stringify(row[column] ?? null)} in its record`,
      );
  });
  return [...problems, ...[...rows.keys()].map((key) => `${key}: has a row in ${table} and no record`)];
}

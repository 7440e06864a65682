import { pathToFileURL } from 'node:url';
import { findAnalysis } from '../../lib/report/stored-analysis.ts';
import type { ArtifactStore } from '../../lib/store/artifact-store.ts';
import { earlierFailures } from '../../lib/results/earlier-failures.ts';
import { studyArtifacts, StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import { findingsText } from '../terminal/headline.ts';
import { print, printJson, say, type Colours } from '../terminal/print.ts';

/** Note in the output of a rehearsal. */
export const rehearsalNote = 'This is a rehearsal: data and trainings are simulated, its numbers mean nothing.';

/** Colours for text with this note. */
export const rehearsalColours: Colours = [[/^This is a rehearsal(?=:)/m, 'yellow']];

/**
 * Prints the results of a finished study: the findings for each dataset, and the location of the report.
 * @param asJson further members of the JSON document; if undefined, prints text for people
 */
export async function printResults(
  store: ArtifactStore,
  studyId: string,
  asJson: Record<string, unknown> | undefined,
): Promise<void> {
  const names = studyArtifacts(studyId);
  const analysis = await findAnalysis(store, studyId);
  if (analysis === undefined) throw new Error(`${names.analysis} is not in ${store.location}`);
  const report = await store.localFile(names.report);
  const documents = new StudyDocuments(store, studyId);
  if (asJson !== undefined) {
    const { reference, correlations } = analysis;
    const runs = (await documents.findOutcome())?.runs;
    return printJson({ studyId, ...asJson, runs, reference, correlations, report });
  }
  const { rehearsal } = await documents.config();
  const note = rehearsal === undefined ? '' : `${rehearsalNote}\n`;
  print(`\n${note}${findingsText(analysis)}\n\nreport: ${linkTo(report)}`, rehearsalColours);
  await sayIfOutOfDate(store, studyId);
}

/** Warns if, since a study's files were written, other studies that share its failed runs have retried some of them. */
export async function sayIfOutOfDate(store: ArtifactStore, studyId: string): Promise<void> {
  const { size } = await earlierFailures(store, studyId);
  if (size > 0)
    say(
      `${studyId} is out of date: another study has retried ${size === 1 ? 'a run' : `${size} runs`} that had failed in this one; \`report ${studyId}\` brings its results up to date.`,
    );
}

/** Formats a path as a link that terminals can open. */
export const linkTo = (path: string): string => pathToFileURL(path).href;

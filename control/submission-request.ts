import { ConfigError } from '../lib/core/errors.ts';
import { catalogue } from '../lib/datasets/catalogue/index.ts';
import { parsePopulation } from '../lib/design-space/population-file.ts';
import { repetitions } from '../lib/design-space/population.ts';
import { readInputFile } from '../lib/core/files/read-input.ts';
import type { Submission } from '../lib/study/documents/submission.ts';
import { checkStudyId } from '../lib/study/study-id.ts';
import { parseStudyConfig, type StudyConfig, type StudyConfigInput } from '../lib/study/config.ts';
import { applyOverrides } from '../lib/study/overrides.ts';
import { preset } from '../lib/study/presets.ts';
import { withSubmittedFiles } from '../lib/study/documents/submitted-files.ts';

/** A study as a program or a command requests it. */
export interface StudyRequest {
  /** Name of a study that is included in the project; `quickstart` if neither a preset nor a config is given. */
  preset?: string | undefined;
  /** A study config. */
  config?: StudyConfigInput | Record<string, unknown> | undefined;
  /**
   * Fields to change, by their paths: `{ 'protocol.epochs': 3 }`, or as assignments: `['protocol.epochs=3']`. `rehearsal: null` makes a
   * rehearsal a real study.
   */
  set?: Readonly<Record<string, unknown>> | readonly string[] | undefined;
  /** Id of the study; the name in its config if absent. */
  id?: string | undefined;
  /** Folder to which the paths of the trainer's files and of a list of networks are relative; the working folder if absent. */
  folder?: string | undefined;
  /** Simulates data and trainings, to show the course and cost of the study. */
  rehearse?: boolean | undefined;
}

/**
 * Returns the study that a request describes, after every check that is possible before any work is done.
 * @throws ConfigError naming each invalid field, its value and what would be valid
 */
export async function resolveRequest(request: StudyRequest): Promise<Submission> {
  if (request.preset !== undefined && request.config !== undefined)
    throw new ConfigError('preset and config exclude each other', ['give only one of them']);
  const document = request.config ?? preset(request.preset ?? 'quickstart');
  const set = assignments(request.set ?? []);
  const named = parseStudyConfig(
    withoutRehearsal(applyOverrides(document, request.rehearse === true ? ['rehearsal={}', ...set] : set)),
    catalogue,
  );
  const { config: resolved, trainerFiles } = await withSubmittedFiles(named, request.folder ?? process.cwd());
  // With the listed networks added, the study may have too many runs.
  const config = resolved.population === named.population ? resolved : parseStudyConfig(resolved, catalogue);
  const id = request.id ?? (config.rehearsal === undefined ? config.name : `${config.name}-rehearsal`);
  checkStudyId(id);
  const submission = { id, config, ...(trainerFiles.length > 0 && { trainerFiles }) };
  if (config.population.source !== 'file') return submission;
  const { path } = config.population;
  const architectures = parsePopulation(await readInputFile('population.path', path), path);
  const repeated = repetitions(architectures);
  if (repeated.length > 0) throw new ConfigError(`${path} cannot be the population of a study`, repeated);
  return { ...submission, architectures };
}

/** The changes that turn a study into its variant. */
export interface VariantRequest extends Pick<StudyRequest, 'set'> {
  id: string;
}

/** Returns the study that differs from another one in some fields; throws like `resolveRequest`. */
export const resolveVariant = (config: StudyConfig, { id, set }: VariantRequest): Promise<Submission> =>
  resolveRequest({ config: { ...config, name: id }, set, id });

/** Removes `rehearsal` from a document if it is null. */
function withoutRehearsal(document: unknown): unknown {
  if (document === null || typeof document !== 'object' || !('rehearsal' in document)) return document;
  const { rehearsal, ...others } = document;
  return rehearsal === null ? others : document;
}

const assignments = (set: NonNullable<StudyRequest['set']>): readonly string[] =>
  Array.isArray(set)
    ? (set as readonly string[])
    : Object.entries(set).map(([field, value]) => `${field}=${JSON.stringify(value)}`);

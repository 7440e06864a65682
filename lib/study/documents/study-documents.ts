import { z } from 'zod';
import { concurrently } from '../../core/concurrently.ts';
import { ArtifactError, ConfigError } from '../../core/errors.ts';
import { parseJsonWith } from '../../core/validation.ts';
import { catalogue } from '../../datasets/catalogue/index.ts';
import type { DatasetManifest } from '../../datasets/manifest.ts';
import { parseNetworks, serializeNetworks, type StudyNetwork } from '../../design-space/study-network.ts';
import { parseStudyConfig, type StudyConfig } from '../config.ts';
import { extendConfig, extensionSchema, type StudyExtension } from '../extension.ts';
import { instructionSchema, type Instruction } from '../instruction.ts';
import { studyOutcomeSchema, type StudyOutcome } from '../outcome.ts';
import { requestsAtOnce, type ArtifactStore } from '../../store/artifact-store.ts';
import { checkStudyId } from '../study-id.ts';
import { readDatasetDocument } from './dataset-document.ts';

/** Names of a study's artifacts in the store. */
export const studyArtifacts = (studyId: string) => ({
  /** The config as submitted. */
  config: `studies/${studyId}/config.json`,
  /** Extensions made by versions before 0.2; later ones are among the instructions. */
  extensions: `studies/${studyId}/extensions.json`,
  /** Instructions of operators, one document each; their names sort by time. */
  instructions: `studies/${studyId}/instructions/`,
  instruction: ({ at, kind, id }: Pick<Instruction, 'at' | 'kind' | 'id'>) =>
    `studies/${studyId}/instructions/${at}-${kind}-${id}.json`,
  /** Keys of the failed runs on a dataset that an instruction retries. */
  retriedRuns: (instructionId: string, label: string) => `studies/${studyId}/retries/${instructionId}/${label}.json`,
  architectures: `studies/${studyId}/architectures.json`,
  dataset: (label: string) => `studies/${studyId}/datasets/${label}.json`,
  plan: (label: string) => `studies/${studyId}/plan/${label}/pages/`,
  planPage: (label: string, page: number) =>
    `studies/${studyId}/plan/${label}/pages/${String(page).padStart(5, '0')}.json`,
  results: `studies/${studyId}/results.csv`,
  /** Validation errors by epoch. */
  curves: `studies/${studyId}/curves.csv`,
  /** The test images that each run classified wrongly, for runs that kept their predictions; absent if none did. */
  outcomes: `studies/${studyId}/outcomes.json`,
  correlations: `studies/${studyId}/correlations.json`,
  correlationsTable: `studies/${studyId}/correlations.csv`,
  /** The analysis behind the report. */
  analysis: `studies/${studyId}/analysis.json`,
  report: `studies/${studyId}/report.html`,
  outcome: `studies/${studyId}/outcome.json`,
});

const plannedRunSchema = z.strictObject({
  runKey: z.string(),
  /** Name of the run, for display. */
  name: z.string(),
  architectureName: z.string(),
});

/** A run in the plan of a study. */
export type PlannedRun = z.infer<typeof plannedRunSchema>;

/** The JSON documents in the store through which the stages of a study pass on their results; checked when read. */
export class StudyDocuments {
  readonly #store: ArtifactStore;
  readonly #studyId: string;
  readonly #names: ReturnType<typeof studyArtifacts>;

  /** @throws ConfigError if the id is not valid for a study */
  constructor(store: ArtifactStore, studyId: string) {
    checkStudyId(studyId);
    this.#store = store;
    this.#studyId = studyId;
    this.#names = studyArtifacts(studyId);
  }

  /**
   * Finds the resolved config as submitted; undefined if there is no study with this id.
   * @throws ArtifactError if this version of the program cannot read it
   */
  async findSubmittedConfig(): Promise<StudyConfig | undefined> {
    const name = this.#names.config;
    const content = await this.#store.get(name);
    if (content === undefined) return undefined;
    const document = parseJsonWith(z.unknown(), content.toString(), name, ArtifactError);
    return parseStudyConfig(document, catalogue, `${name} is not a config for this version`, ArtifactError);
  }

  /** Finds the resolved config with all extensions; undefined if there is no study with this id. */
  async findConfig(): Promise<StudyConfig | undefined> {
    const config = await this.findSubmittedConfig();
    return config && (await this.extensions()).reduce(extendConfig, config);
  }

  async config(): Promise<StudyConfig> {
    const config = await this.findConfig();
    if (config === undefined) throw this.#missing(this.#names.config);
    return config;
  }

  /** Puts the config of a new study into the store; returns false if a study with this id already exists. */
  createConfig(config: StudyConfig): Promise<boolean> {
    return this.#store.create(this.#names.config, text(config));
  }

  /** Returns all extensions, in order. */
  async extensions(): Promise<StudyExtension[]> {
    const earlier = (await this.#find(this.#names.extensions, z.array(extensionSchema))) ?? [];
    const names = (await this.#instructionNames()).filter((name) => partsOf(name).kind === 'extend');
    const later = await this.#readInstructions(names);
    return [
      ...earlier,
      ...later.flatMap((instruction) => (instruction.kind === 'extend' ? [instruction.extension] : [])),
    ];
  }

  /** Returns the instructions of operators, in the order in which they were acknowledged. */
  async instructions(): Promise<Instruction[]> {
    return this.#readInstructions(await this.#instructionNames());
  }

  /** Returns the last `most` of these. */
  async latestInstructions(most: number): Promise<Instruction[]> {
    return this.#readInstructions((await this.#instructionNames()).slice(-most));
  }

  /** Finds the instruction with an id; undefined if the study has carried out none with this id. */
  async findInstruction(id: string): Promise<Instruction | undefined> {
    const name = (await this.#instructionNames()).find((name) => partsOf(name).id === id);
    return name === undefined ? undefined : (await this.#readInstructions([name]))[0];
  }

  /** Puts an instruction into the store, unless one with its id is there. */
  async noteInstruction(instruction: Instruction): Promise<void> {
    const names = await this.#instructionNames();
    if (names.some((name) => partsOf(name).id === instruction.id)) return;
    await this.#store.create(this.#names.instruction(instruction), text(instruction));
  }

  /**
   * Returns the keys of the runs on a dataset that an instruction retries: those that `choose` returned the first time, so that a second
   * attempt retries the same runs.
   */
  async retriedRuns(instructionId: string, label: string, choose: () => Promise<string[]>): Promise<string[]> {
    const name = this.#names.retriedRuns(instructionId, label);
    const known = await this.#find(name, z.array(z.string()));
    if (known !== undefined) return known;
    const chosen = await choose();
    if (await this.#store.create(name, text(chosen))) return chosen;
    return (await this.#find(name, z.array(z.string())))!;
  }

  #instructionNames(): Promise<string[]> {
    return this.#store.list(this.#names.instructions);
  }

  #readInstructions(names: readonly string[]): Promise<Instruction[]> {
    return concurrently(names, requestsAtOnce, async (name) => {
      const found = await this.#find(name, instructionSchema);
      if (found === undefined) throw this.#missing(name);
      return found;
    });
  }

  async architectures(): Promise<StudyNetwork[]> {
    return this.parseArchitectures(await this.architecturesFile());
  }

  async architecturesFile(): Promise<Buffer> {
    const name = this.#names.architectures;
    const content = await this.#store.get(name);
    if (content === undefined) throw this.#missing(name);
    return content;
  }

  parseArchitectures(content: Buffer): StudyNetwork[] {
    const name = this.#names.architectures;
    try {
      return parseNetworks(content.toString(), name);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new ArtifactError(`${name} is damaged`, error.problems);
    }
  }

  writeArchitectures(architectures: readonly StudyNetwork[]): Promise<void> {
    return this.#store.put(this.#names.architectures, serializeNetworks(architectures));
  }

  /** Finds the digest of one of the study's prepared datasets; undefined until it is prepared. */
  async findDatasetDigest(label: string): Promise<string | undefined> {
    return (await this.#find(this.#names.dataset(label), z.strictObject({ digest: z.string() })))?.digest;
  }

  /** Reads the manifest of one of the study's prepared datasets. */
  async dataset(label: string): Promise<DatasetManifest> {
    const digest = await this.findDatasetDigest(label);
    if (digest === undefined) throw this.#missing(this.#names.dataset(label));
    return (await readDatasetDocument(this.#store, digest)).manifest;
  }

  writeDatasetDigest(label: string, digest: string): Promise<void> {
    return this.#write(this.#names.dataset(label), { digest });
  }

  /** Returns the runs planned so far on a dataset, in order. */
  async plan(label: string): Promise<PlannedRun[]> {
    const pages = await this.#store.list(this.#names.plan(label));
    const runs: PlannedRun[] = [];
    for (const page of pages) runs.push(...((await this.#find(page, z.array(plannedRunSchema))) ?? []));
    return runs;
  }

  writePlanPage(label: string, page: number, runs: readonly PlannedRun[]): Promise<void> {
    return this.#write(this.#names.planPage(label, page), runs);
  }

  /** Finds how the study ended; undefined while it has not. */
  findOutcome(): Promise<StudyOutcome | undefined> {
    return this.#find(this.#names.outcome, studyOutcomeSchema);
  }

  writeOutcome(outcome: StudyOutcome): Promise<void> {
    return this.#write(this.#names.outcome, outcome);
  }

  /** Removes the outcome of a study that continues. */
  removeOutcome(): Promise<void> {
    return this.#store.delete(this.#names.outcome);
  }

  async #find<Schema extends z.ZodType>(name: string, schema: Schema): Promise<z.output<Schema> | undefined> {
    const content = await this.#store.get(name);
    return content && parseJsonWith(schema, content.toString(), name, ArtifactError);
  }

  #write(name: string, document: unknown): Promise<void> {
    return this.#store.put(name, text(document));
  }

  #missing(name: string): ArtifactError {
    return new ArtifactError(`The study ${this.#studyId} is not complete`, [
      `${name} is not in ${this.#store.location}`,
    ]);
  }
}

/** The parts of an instruction's name: a time of 24 characters, its kind, and its id, which may contain dashes. */
function partsOf(name: string): { kind: string; id: string } {
  const [, kind, id] = /^.{24}-([a-z]+)-(.+)[.]json$/.exec(name.slice(name.lastIndexOf('/') + 1)) ?? [];
  return { kind: kind ?? '', id: id ?? '' };
}

const text = (document: unknown) => `${JSON.stringify(document, undefined, 2)}\n`;

import { z } from 'zod';
import { catalogue } from '../datasets/catalogue/index.ts';
import { manifestSchema, type DatasetManifest } from '../datasets/manifest.ts';
import { parsePopulation, serializePopulation } from '../design-space/population-file.ts';
import type { NamedArchitecture } from '../design-space/population.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { readRunRecord } from './run-records.ts';
import { ConfigError } from '../core/errors.ts';
import { parseWith } from '../core/validation.ts';
import { parseStudyConfig, type StudyConfig } from '../study/config.ts';
import { studyOutcomeSchema, type StudyOutcome } from '../study/outcome.ts';

/** Names of a study's artifacts in the store. */
export const studyArtifacts = (study: string) => ({
  config: `studies/${study}/config.json`,
  architectures: `studies/${study}/architectures.json`,
  dataset: (label: string) => `studies/${study}/datasets/${label}.json`,
  plan: (label: string) => `studies/${study}/runs/${label}.json`,
  results: `studies/${study}/results.csv`,
  correlations: `studies/${study}/correlations.json`,
  correlationsTable: `studies/${study}/correlations.csv`,
  /** What the report is made from. */
  analysis: `studies/${study}/analysis.json`,
  report: `studies/${study}/report.html`,
  outcome: `studies/${study}/outcome.json`,
});

const studyRunSchema = z.strictObject({
  runKey: z.string(),
  /** Of the run, for people. */
  name: z.string(),
  /** Name of its architecture in the population. */
  architecture: z.string(),
  seed: z.int(),
});

/** A run of a study: what it is called there, and the key of its record. */
export type StudyRun = z.infer<typeof studyRunSchema>;

/** What a study's stages leave in the store for the next ones: JSON documents, checked when they are read. */
export class StudyDocuments {
  readonly #store: ArtifactStore;
  readonly #study: string;
  readonly #names: ReturnType<typeof studyArtifacts>;

  constructor(store: ArtifactStore, study: string) {
    this.#store = store;
    this.#study = study;
    this.#names = studyArtifacts(study);
  }

  /** The resolved config; undefined where there is no study of this id. */
  async findConfig(): Promise<StudyConfig | undefined> {
    const text = await this.#store.get(this.#names.config);
    return text === undefined ? undefined : parseStudyConfig(JSON.parse(text.toString()), catalogue);
  }

  async config(): Promise<StudyConfig> {
    const config = await this.findConfig();
    if (config === undefined) throw this.#missing(this.#names.config);
    return config;
  }

  writeConfig(config: StudyConfig): Promise<void> {
    return this.#write(this.#names.config, config);
  }

  async architectures(): Promise<NamedArchitecture[]> {
    const name = this.#names.architectures;
    return parsePopulation((await this.#read(name)).toString(), name);
  }

  writeArchitectures(architectures: readonly NamedArchitecture[]): Promise<void> {
    return this.#store.put(this.#names.architectures, serializePopulation(architectures));
  }

  /** The manifest of one of its prepared datasets. */
  dataset(label: string): Promise<DatasetManifest> {
    return this.#parse(this.#names.dataset(label), manifestSchema);
  }

  writeDataset(manifest: DatasetManifest): Promise<void> {
    return this.#write(this.#names.dataset(manifest.label), manifest);
  }

  /** The runs on a dataset in their order; undefined while they are not planned. */
  async findPlan(label: string): Promise<StudyRun[] | undefined> {
    const name = this.#names.plan(label);
    return (await this.#store.has(name)) ? this.#parse(name, z.array(studyRunSchema)) : undefined;
  }

  writePlan(label: string, runs: readonly StudyRun[]): Promise<void> {
    return this.#write(this.#names.plan(label), runs);
  }

  /** How the study ended; undefined while it has not. */
  async findOutcome(): Promise<StudyOutcome | undefined> {
    const name = this.#names.outcome;
    return (await this.#store.has(name)) ? this.#parse(name, studyOutcomeSchema) : undefined;
  }

  writeOutcome(outcome: StudyOutcome): Promise<void> {
    return this.#write(this.#names.outcome, outcome);
  }

  async #parse<Schema extends z.ZodType>(name: string, schema: Schema): Promise<z.output<Schema>> {
    return parseWith(schema, JSON.parse((await this.#read(name)).toString()), `${name} is invalid`);
  }

  async #read(name: string): Promise<Buffer> {
    const content = await this.#store.get(name);
    if (content === undefined) throw this.#missing(name);
    return content;
  }

  #write(name: string, document: unknown): Promise<void> {
    return this.#store.put(name, `${JSON.stringify(document, undefined, 2)}\n`);
  }

  #missing(name: string): ConfigError {
    return new ConfigError(`The study ${this.#study} is not complete`, [`${name} is not in ${this.#store.location}`]);
  }
}

/** Whether a run has ended in a way that stands: one that failed is tried again by the next study. */
export async function isRecorded(store: ArtifactStore, runKey: string): Promise<boolean> {
  const record = await readRunRecord(store, runKey);
  return record !== undefined && record.outcome !== 'failed';
}

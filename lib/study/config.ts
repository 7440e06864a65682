import { z } from 'zod';
import { canonicalJson } from '../core/canonical-json.ts';
import { ConfigError, type OperationalError } from '../core/errors.ts';
import { parseWith, problemsOf } from '../core/validation.ts';
import { labelled, selectionLabel } from '../datasets/selection-label.ts';
import {
  datasetSelectionSchema,
  subsetProblems,
  type DatasetFacts,
  type DatasetSelection,
} from '../datasets/selection.ts';
import { ownImageSize } from '../datasets/own-source.ts';
import { merged, mergedProtocol, protocolSchema } from '../training/protocol.ts';
import { networkListSchema } from '../design-space/listed-network.ts';
import { designSpaceSchema } from '../design-space/space-config.ts';
import { rehearsalSchema } from './rehearsal.ts';
import { studyIdSchema } from './study-id.ts';
import { retentions } from './retention.ts';
import { isSettings, trainerSchema, trainerSettingsSchema, type StudyProtocol } from './trainer-config.ts';

const populationSchema = z.discriminatedUnion('source', [
  z.strictObject({
    source: z.literal('sample'),
    count: z.int().positive().max(100_000).describe('number of architectures'),
    space: designSpaceSchema,
  }),
  z.strictObject({
    source: z.literal('file'),
    path: z.string().min(1).max(4096).describe('JSON, NDJSON or pycls YAML file of architectures'),
  }),
  z
    .strictObject({
      source: z.literal('list').describe('networks that a command trainer knows'),
      path: z
        .string()
        .min(1)
        .max(4096)
        .optional()
        .describe(
          "JSON file with a list of networks as in `networks`, relative to the config's folder; it is read when the study is started",
        ),
      networks: networkListSchema
        .default([])
        .describe('the networks themselves; further numbers of each are covariates of the analysis'),
    })
    .superRefine(({ path, networks }, context) => {
      if ((path === undefined) === (networks.length === 0))
        context.addIssue({
          code: 'custom',
          message: `must have either a path or networks, got ${path === undefined ? 'neither' : 'both'}`,
        });
    }),
]);

const seed = z
  .int()
  .min(0)
  .max(2 ** 48)
  .default(0);

const seedsSchema = z.strictObject({
  population: seed.describe('seed of the draw of architectures'),
  data: seed.describe('seed of the draws of classes and images, and of the splits'),
  training: seed.describe(
    'seed of initial weights, batch order and augmentation; replicate r trains with training + r',
  ),
  analysis: seed.describe('seed of the resamples and permutations'),
});

const analysisSchema = z.strictObject({
  bootstrapResamples: z
    .int()
    .min(100)
    .max(1_000_000)
    .default(2500)
    .describe('number of resamples of the architectures for confidence intervals'),
  extremes: z
    .int()
    .positive()
    .max(100_000)
    .default(10)
    .describe('number of best and of worst architectures marked in the scatter plots'),
});

const executionSchema = z.strictObject({
  concurrentRunsPerDataset: z
    .int()
    .positive()
    .max(10_000)
    .default(16)
    .describe('largest number of trainings on one dataset that are handed to workers at a time'),
  concurrentRuns: z
    .int()
    .positive()
    .max(100_000)
    .nullable()
    .default(null)
    .describe(
      'largest number of trainings of the whole study that are handed to workers at a time; null for no limit but that of each dataset',
    ),
  maximumAttempts: z
    .int()
    .positive()
    .max(10_000)
    .default(5)
    .describe(
      'number of failed attempts at a training after which its run counts as failed; interruptions do not count',
    ),
  retain: z
    .enum(retentions)
    .default('everything')
    .describe(
      'what is kept of finished runs besides their records: everything, only the weights, everything but only for the best and worst architectures of each dataset (analysis.extremes), or nothing',
    ),
  predictions: z
    .boolean()
    .optional()
    .describe(
      'keep the predictions for each test image beside the record of each run, regardless of `retain` (true if absent; rehearsals have no predictions)',
    ),
  tensorBoard: z.boolean().default(true).describe('write TensorBoard event files'),
  checkpointMinutes: z
    .number()
    .positive()
    .max(7 * 24 * 60)
    .default(10)
    .describe('a training saves a checkpoint after each epoch, and within longer epochs every so many minutes'),
});

/** Returns the number of networks of a population, if its config says it; for a file, it is known only once the file is read. */
export function networkCount(population: z.infer<typeof populationSchema>): number | undefined {
  switch (population.source) {
    case 'sample':
      return population.count;
    case 'list':
      return population.path === undefined ? population.networks.length : undefined;
    case 'file':
      return undefined;
  }
}

/** Ten times the number of runs of the largest study for which collecting and analysing are designed. */
const mostRuns = 1_000_000;

/** A whole study: the document that, together with the data, determines every number of its results. */
export const studyConfigSchema = z
  .strictObject({
    name: studyIdSchema.describe('id of the study, unless another one is given when it is started'),
    description: z.string().max(20_000).default(''),
    seeds: seedsSchema.prefault({}),
    population: populationSchema,
    reference: z.string().min(1).max(200).describe('label of the dataset that all others are correlated with'),
    datasets: z.array(datasetSelectionSchema).min(1).max(1000).transform(labelled),
    trainer: trainerSchema
      .optional()
      .describe("what trains the networks: this program's own engine if absent, or a command of yours"),
    protocol: z.union([protocolSchema, trainerSettingsSchema]),
    replicates: z
      .int()
      .positive()
      .max(100_000)
      .default(1)
      .describe('number of trainings of each architecture on each dataset, with different seeds'),
    analysis: analysisSchema.prefault({}),
    execution: executionSchema.prefault({}),
    rehearsal: rehearsalSchema
      .optional()
      .describe('simulates data and trainings, to see the flow and the costs of a study'),
  })
  .superRefine((config, context) => {
    const labels = config.datasets.map(selectionLabel);
    labels.forEach((label, index) => {
      if (labels.indexOf(label) !== index)
        context.addIssue({
          code: 'custom',
          path: ['datasets', index],
          message: `must differ from datasets[${labels.indexOf(label)}], or have a label of its own: both are ${label}`,
        });
    });
    config.datasets.forEach((selection, index) => {
      if (Object.keys(selection.protocol).length === 0) return;
      const { schema, document } = ownProtocol(config.protocol, selection);
      for (const { path, message } of problemsOf(schema, document))
        context.addIssue({ code: 'custom', path: ['datasets', index, 'protocol', ...path], message });
    });
    const { population, trainer } = config;
    if (trainer === undefined && population.source === 'list')
      context.addIssue({
        code: 'custom',
        path: ['population', 'source'],
        message:
          'must be "sample" or "file" unless trainer.kind is "command": only a trainer of yours knows the networks of a list, got "list"',
      });
    if (trainer === undefined && isSettings(config.protocol))
      context.addIssue({
        code: 'custom',
        path: ['protocol', 'settings'],
        message: `must be absent unless trainer.kind is "command", got ${JSON.stringify(config.protocol.settings)}`,
      });
    const architectures = networkCount(population) ?? 1;
    const runs = architectures * config.replicates * labels.length;
    if (runs > mostRuns)
      context.addIssue({
        code: 'custom',
        path: ['datasets'],
        message: `must make at most ${mostRuns} runs with the architectures and replicates, got ${architectures} x ${config.replicates} x ${labels.length} = ${runs}`,
      });
    if (!labels.includes(config.reference))
      context.addIssue({
        code: 'custom',
        path: ['reference'],
        message: `must be one of the datasets (${labels.join(', ')}), got ${config.reference}`,
      });
  });

export type StudyConfig = z.infer<typeof studyConfigSchema>;
export type StudyConfigInput = z.input<typeof studyConfigSchema>;

/**
 * Parses a study config and checks it against what is known about the datasets.
 * @throws ConfigError, or the given error, that names each invalid field, its value and what would be valid
 */
export function parseStudyConfig(
  input: unknown,
  catalogue: readonly DatasetFacts[],
  heading = 'The study config is invalid',
  Failure: new (heading: string, problems: readonly string[]) => OperationalError = ConfigError,
): StudyConfig {
  const config = parseWith(studyConfigSchema, input, heading, Failure);
  const problems = config.datasets.flatMap((selection, index) => {
    const field = `datasets[${index}]`;
    const unmet = selectionProblems(selection, field, catalogue);
    return unmet.length > 0 ? unmet : imageProblems(protocolFor(config, selection), selection, catalogue, field);
  });
  problems.push(...ambiguousSources(config.datasets));
  if (problems.length > 0) throw new Failure(heading, problems);
  return config;
}

/** Returns the problems of a selection, given the known datasets. */
export function selectionProblems(
  selection: DatasetSelection,
  field: string,
  catalogue: readonly DatasetFacts[],
): string[] {
  const contradictory = contradictions(selection, field);
  if (contradictory.length > 0) return contradictory;
  const facts = catalogue.find(({ name }) => name === selection.dataset);
  if (selection.source !== undefined) return ownDatasetProblems(selection.dataset, field, facts);
  if (facts === undefined)
    return [
      `${field}.dataset must be one of ${catalogue.map(({ name }) => name).join(', ')}, got ${JSON.stringify(selection.dataset)} (a dataset of your own needs a source)`,
    ];
  const problems = [
    ...subsetProblems(selection.classes, `${field}.classes`, facts),
    ...subsetProblems(selection.controlFor?.classes, `${field}.controlFor.classes`, facts),
  ];
  if (selection.groupedSplits && facts.hasGroups !== true)
    problems.push(
      `${field}.groupedSplits must be false (${facts.name} does not say which images belong together), got true`,
    );
  const classes = classCount(selection.classes) ?? facts.classes;
  const validation = facts.validationImages ?? Math.round(selection.validationFraction * facts.trainingImages);
  if (selection.validationImages !== undefined && selection.validationImages > validation)
    problems.push(
      `${field}.validationImages must be at most ${validation} (${facts.name} has ${validation}${facts.validationImages === undefined ? ` with validationFraction ${selection.validationFraction}` : ''}), got ${selection.validationImages}`,
    );
  for (const [key, available] of [
    ['trainingImages', facts.trainingImages],
    ['testImages', facts.testImages],
  ] as const) {
    const count = selection[key];
    if (count === undefined) continue;
    if (count > available)
      problems.push(`${field}.${key} must be at most ${available} (${facts.name} has ${available}), got ${count}`);
    if (count < classes) problems.push(`${field}.${key} must be at least ${classes}, one for each class, got ${count}`);
  }
  return problems;
}

const classCount = (classes: DatasetSelection['classes']) => (Array.isArray(classes) ? classes.length : classes);

/** Returns the problems of a selection whose fields contradict each other, whatever its dataset. */
function contradictions(selection: DatasetSelection, field: string): string[] {
  const { classes, classDraw, nestedClasses, controlFor } = selection;
  const problems: string[] = [];
  if (controlFor !== undefined && classes !== undefined)
    problems.push(`${field}.classes must be absent if there is controlFor, which has all classes`);
  for (const [subset, at] of [
    [{ classes, classDraw, nestedClasses }, field] as const,
    [controlFor, `${field}.controlFor`] as const,
  ])
    if (subset !== undefined && typeof subset.classes !== 'number' && (subset.classDraw > 0 || subset.nestedClasses))
      problems.push(`${at}.classDraw and nestedClasses must be absent if classes are not drawn`);
  return problems;
}

/** Returns the problems of selections that name different locations for the same user-supplied dataset. */
function ambiguousSources(selections: readonly DatasetSelection[]): string[] {
  return selections.flatMap(({ dataset, source }, index) => {
    if (source === undefined) return [];
    const first = selections.findIndex((other) => other.dataset === dataset);
    if (canonicalJson(selections[first]!.source ?? null) === canonicalJson(source)) return [];
    return [
      `datasets[${index}].source must equal that of datasets[${first}], as both select from ${dataset}; another dataset needs another name`,
    ];
  });
}

/** Returns the problems of a user-supplied dataset's name: it follows the rules for studies, and may not be in the catalogue. */
function ownDatasetProblems(dataset: string, field: string, known: DatasetFacts | undefined): string[] {
  if (known !== undefined)
    return [
      `${field}.dataset must be another name if there is a source: the catalogue has ${known.title}, got ${JSON.stringify(dataset)}`,
    ];
  if (/^[a-z0-9][a-z0-9-]*$/.test(dataset)) return [];
  return [`${field}.dataset must be lower-case letters, digits and dashes, got ${JSON.stringify(dataset)}`];
}

/**
 * Returns the problems of a protocol whose sizes do not fit a selection's images, from which the padded crop and the test-time crop are
 * cut; none for settings, which only their trainer understands.
 */
export function imageProblems(
  protocol: StudyProtocol,
  selection: DatasetSelection,
  catalogue: readonly DatasetFacts[],
  field: string,
): string[] {
  if (isSettings(protocol)) return [];
  const { augmentation, imageSize, testShortSide } = protocol;
  const facts = catalogue.find(({ name }) => name === selection.dataset);
  const prepared = selection.imageSize ?? (selection.source === undefined ? facts?.imageSize : ownImageSize);
  if (prepared === undefined) return [];
  const problems: string[] = [];
  if (augmentation.crop.kind === 'pad' && selection.fit === 'short-side')
    problems.push(
      `${field}.fit must be "square" for padded crops: whole images may be smaller than the network's input, got "short-side"`,
    );
  const padded = augmentation.crop.kind === 'pad' ? prepared + 2 * augmentation.crop.padding : Infinity;
  if (imageSize !== undefined && imageSize > padded)
    problems.push(
      `protocol.imageSize must be at most ${padded} on ${field} (${prepared} pixels and padding), got ${imageSize}`,
    );
  if (imageSize === undefined && testShortSide !== undefined && testShortSide < prepared)
    problems.push(
      `protocol.testShortSide must be at least ${prepared} on ${field}, whose images have that size, got ${testShortSide}`,
    );
  return problems;
}

/** Returns the protocol for one dataset, with the selection's own changes. */
export function protocolFor(config: StudyConfig, selection: DatasetSelection): StudyProtocol {
  const { schema, document } = ownProtocol(config.protocol, selection);
  return schema.parse(document);
}

/** Returns a study's protocol with a selection's changes, and the schema for its kind. */
function ownProtocol(protocol: StudyProtocol, { protocol: changes }: Pick<DatasetSelection, 'protocol'>) {
  return isSettings(protocol)
    ? { schema: trainerSettingsSchema, document: merged(protocol, changes) }
    : { schema: protocolSchema, document: mergedProtocol(protocol, changes) };
}

/**
 * Returns the selection of a study with a given label.
 * @throws RangeError if the study has no selection with this label
 */
export function selectionOf(config: StudyConfig, label: string): DatasetSelection {
  const selection = config.datasets.find((candidate) => selectionLabel(candidate) === label);
  if (selection === undefined)
    throw new RangeError(`dataset must be one of ${config.datasets.map(selectionLabel).join(', ')}, got ${label}`);
  return selection;
}

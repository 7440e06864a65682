import { z } from 'zod';
import {
  datasetSelectionSchema,
  selectionLabel,
  type DatasetFacts,
  type DatasetSelection,
} from './dataset-selection.ts';
import { overrideProtocol, protocolSchema, type TrainingProtocol } from './protocol.ts';
import { designSpaceSchema } from './space-config.ts';

const populationSchema = z.discriminatedUnion('source', [
  z.strictObject({
    source: z.literal('sample'),
    count: z.int().positive().describe('architectures'),
    space: designSpaceSchema,
  }),
  z.strictObject({
    source: z.literal('file'),
    path: z.string().min(1).describe('JSON, NDJSON or pycls YAML file of architectures'),
  }),
]);

const seed = z.int().min(0).default(0);

const seedsSchema = z.strictObject({
  population: seed.describe('which architectures are drawn'),
  data: seed.describe('which classes and images are drawn, and their splits'),
  training: seed.describe('initial weights, batch order, augmentation; replicate r trains with training + r'),
  analysis: seed.describe('resamples and permutations'),
});

const analysisSchema = z.strictObject({
  bootstrapResamples: z
    .int()
    .min(100)
    .default(2500)
    .describe('resamples of the architectures for confidence intervals'),
  extremes: z.int().positive().default(10).describe('best and worst architectures marked in the scatter plots'),
});

const executionSchema = z.strictObject({
  concurrentRunsPerDataset: z
    .int()
    .positive()
    .default(16)
    .describe('trainings of a dataset handed to workers at a time'),
  attempts: z.int().positive().default(5).describe('of a training before its run counts as failed'),
  tensorBoard: z.boolean().default(true).describe('write TensorBoard event files'),
});

/** A whole study: the one document that, with the data, determines every number of its results. */
export const studyConfigSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'must be lower-case letters, digits and dashes' }),
    description: z.string().default(''),
    seeds: seedsSchema.prefault({}),
    population: populationSchema,
    reference: z.string().min(1).describe('label of the dataset that all others are correlated with'),
    datasets: z.array(datasetSelectionSchema).min(1),
    protocol: protocolSchema,
    replicates: z
      .int()
      .positive()
      .default(1)
      .describe('trainings of each architecture on each dataset, with different seeds'),
    analysis: analysisSchema.prefault({}),
    execution: executionSchema.prefault({}),
  })
  .superRefine((config, context) => {
    const labels = config.datasets.map(selectionLabel);
    labels.forEach((label, index) => {
      if (labels.indexOf(label) !== index)
        context.addIssue({
          code: 'custom',
          path: ['datasets', index],
          message: `must differ from datasets[${labels.indexOf(label)}]: both are ${label}`,
        });
    });
    config.datasets.forEach((selection, index) => {
      if (Object.keys(selection.protocol).length === 0) return;
      try {
        overrideProtocol(config.protocol, selection.protocol);
      } catch (error) {
        if (!(error instanceof z.ZodError)) throw error;
        for (const { path, message } of error.issues)
          context.addIssue({ code: 'custom', path: ['datasets', index, 'protocol', ...path], message });
      }
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

const mostProblems = 20;
const longestProblem = 500;

/**
 * A config that does not hold. Its message has a line for each problem, `<field> <what is wrong>`: the first twenty, each at most
 * 500 characters long, whatever was given.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(what: string, problems: readonly string[]) {
    const lines = problems
      .slice(0, mostProblems)
      .map((problem) => (problem.length <= longestProblem ? problem : `${problem.slice(0, longestProblem)}...`));
    if (problems.length > mostProblems) lines.push(`and ${problems.length - mostProblems} more`);
    super(`${what}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
    this.problems = problems;
  }
}

/** What would be right, by the same words for every schema that has none of its own. */
function ruleOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'unrecognized_keys')
    return `must not have ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}: there is no such field`;
  if (!/^(Invalid (input|option|discriminator value)|Too (big|small))\b/.test(issue.message)) return issue.message;
  const long = 'origin' in issue && ['array', 'string'].includes(issue.origin) ? ' long' : '';
  if (issue.code === 'invalid_type')
    return `${value === undefined ? 'is missing: it ' : ''}must be of type ${issue.expected === 'int' ? 'integer' : issue.expected}`;
  if (issue.code === 'too_big')
    return `must be ${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}${long}`;
  if (issue.code === 'too_small')
    return `must be ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}${long}`;
  return issue.message.replace(/^Invalid [\w ]+[:.] expected /i, 'must be ').replaceAll('"|"', '", "');
}

/** The problems of a failed zod parse as lines that name field, value and what would be right. */
export function describeIssues(error: z.ZodError, input: unknown): string[] {
  return error.issues.map((issue) => {
    const field = issue.path.reduce<string>(
      (path, key) =>
        typeof key === 'number' ? `${path}[${key}]` : path === '' ? String(key) : `${path}.${String(key)}`,
      '',
    );
    const value = issue.path.reduce<unknown>(
      (node, key) => (node as Record<PropertyKey, unknown> | undefined)?.[key],
      input,
    );
    const got =
      value === undefined || /got /.test(issue.message) || issue.code === 'unrecognized_keys'
        ? ''
        : `, got ${typeof value === 'number' ? value : JSON.stringify(value)}`;
    return `${field === '' ? '(the whole document)' : field} ${ruleOf(issue, value)}${got}`;
  });
}

/** Parses `input` by `schema`; throws a `ConfigError` that begins with `what`. */
export function parseWith<Schema extends z.ZodType>(schema: Schema, input: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(input);
  if (!result.success) throw new ConfigError(what, describeIssues(result.error, input));
  return result.data;
}

/**
 * Parses a study config and checks it against what is known of the datasets.
 * @throws ConfigError naming each field, its value and what would be right
 */
export function parseStudyConfig(input: unknown, catalogue: readonly DatasetFacts[]): StudyConfig {
  const config = parseWith(studyConfigSchema, input, 'The study config does not hold');
  const problems = config.datasets.flatMap((selection, index) => {
    const field = `datasets[${index}]`;
    const unmet = selectionProblems(selection, field, catalogue);
    return unmet.length > 0 ? unmet : imageProblems(protocolFor(config, selection), selection, catalogue, field);
  });
  if (problems.length > 0) throw new ConfigError('The study config does not hold', problems);
  return config;
}

/** What is wrong with a selection, given the datasets that there are; empty where nothing is. */
export function selectionProblems(
  selection: DatasetSelection,
  field: string,
  catalogue: readonly DatasetFacts[],
): string[] {
  const facts = catalogue.find(({ name }) => name === selection.dataset);
  if (facts === undefined)
    return [
      `${field}.dataset must be one of ${catalogue.map(({ name }) => name).join(', ')}, got ${JSON.stringify(selection.dataset)}`,
    ];
  const problems: string[] = [];
  if (selection.classes !== undefined && selection.classes > facts.classes)
    problems.push(
      `${field}.classes must be at most ${facts.classes} (${facts.name} has ${facts.classes}), got ${selection.classes}`,
    );
  const classes = selection.classes ?? facts.classes;
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

/** Where the sizes of a protocol do not fit to a selection's images: a padded crop and the test-time crop are cut from them. */
export function imageProblems(
  { augmentation, imageSize, testShortSide }: TrainingProtocol,
  selection: DatasetSelection,
  catalogue: readonly DatasetFacts[],
  field: string,
): string[] {
  const prepared = selection.imageSize ?? catalogue.find(({ name }) => name === selection.dataset)?.imageSize;
  if (prepared === undefined) return [];
  const problems: string[] = [];
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

/** The protocol as it applies to one dataset. */
export function protocolFor(config: StudyConfig, selection: DatasetSelection): TrainingProtocol {
  return overrideProtocol(config.protocol, selection.protocol);
}

import { z } from 'zod';
import { studyStates, type StudyStatus } from '../control/status.ts';
import type { PairCorrelation } from '../lib/analysis/index.ts';
import type { DatasetCheck } from '../lib/datasets/check.ts';
import { manifestSchema } from '../lib/datasets/manifest.ts';
import { datasetSelectionSchema } from '../lib/datasets/selection.ts';
import type { Acceptance } from '../lib/design-space/acceptance.ts';
import { architectureSchema } from '../lib/design-space/architecture.ts';
import type { Complexity } from '../lib/design-space/complexity.ts';
import { networkFileSchema } from '../lib/design-space/listed-network.ts';
import type { Marginal } from '../lib/design-space/marginals.ts';
import { nameAndNetworkSchema } from '../lib/design-space/population-file.ts';
import { designSpaceSchema } from '../lib/design-space/space-config.ts';
import { downloads } from '../lib/exports/download-runs.ts';
import { exportIndexSchema } from '../lib/exports/export-index.ts';
import type { Verification } from '../lib/exports/verification/verify-study.ts';
import { studyConfigSchema } from '../lib/study/config.ts';
import type { StudyCost } from '../lib/study/cost.ts';
import { runRecordSchema } from '../lib/study/documents/run-record.ts';
import { failureCategories } from '../lib/study/failure.ts';
import { instructionSchema } from '../lib/study/instruction.ts';
import { runCountsSchema } from '../lib/study/outcome.ts';
import { retentions } from '../lib/study/retention.ts';
import { trainingProgressSchema } from '../lib/training/metrics.ts';
import { headerSchema } from '../lib/training/state-file.ts';
import type { Finding } from '../runtime/doctor/finding.ts';
import { stages } from '../workflows/messages.ts';

const count = z.int().min(0);
const text = z.string();
const amount = z.number();
const fraction = z.number().min(0).max(1);
const interval = z.tuple([amount, amount]).nullable();

const failure = z.strictObject({ category: z.enum([...failureCategories, 'divergence']), message: text });

const status = z.strictObject({
  studyId: text,
  state: z.enum(studyStates),
  stage: z.enum(stages).nullable(),
  datasets: z.array(
    z.strictObject({
      ...runCountsSchema.shape,
      dataset: text,
      total: count,
      running: z.array(
        z.strictObject({
          name: text,
          attempt: count,
          progress: trainingProgressSchema.nullable(),
          lastFailure: text.nullable(),
        }),
      ),
      hold: z.strictObject({ what: text, reason: text }).nullable(),
      failures: z
        .strictObject({ first: text, commonest: z.strictObject({ message: text, runs: count }) })
        .nullable()
        .describe('causes of failed runs; null if no run has failed, or if they are unknown'),
    }),
  ),
  failure: text.nullable().describe('why it failed, is on hold, or cannot be read'),
  secondsLeft: amount.nullable(),
  retries: z.array(z.strictObject({ what: text, attempt: count, lastFailure: text })),
  instructions: z.array(
    z.strictObject({
      id: text,
      kind: z.enum(instructionSchema.options.map(({ shape }) => shape.kind.value)),
      at: z.iso.datetime(),
      summary: text,
    }),
  ),
  total: count.describe('number of runs planned so far'),
  finished: count.describe('number of these that have a test error, including runs of other studies'),
}) satisfies z.ZodType<StudyStatus>;

const statusOfOne = z.strictObject({
  ...status.shape,
  failures: z.array(z.strictObject({ dataset: text, run: text, failure })).describe('runs that failed or diverged'),
});

const coefficient = z.number().min(-1).max(1).nullable();
const correlation = z.strictObject({
  a: text,
  b: text,
  n: count.describe('architectures with an error on both'),
  ...{ pearson: coefficient, pearsonCi95: interval, spearman: coefficient, spearmanCi95: interval },
  ...{ kendallTauB: coefficient, kendallTauBCi95: interval, weightedTau: coefficient, weightedTauCi95: interval },
}) satisfies z.ZodType<PairCorrelation>;

/** The output of `start`, `pause` and all commands that change a study. */
const change = z.strictObject({
  studyId: text,
  action: z.enum(['started', 'paused', 'resumed', 'cancelled', 'limited', 'retried', 'extended', 'none']),
  concurrentRuns: count.nullable().optional().describe('of `limit`; null for no limit'),
  retried: z.record(text, count).optional().describe('of `retry`: runs by dataset'),
  totalRuns: count.optional().describe('of `extend`'),
  variantOf: text.optional().describe('of `variant`: id of the original'),
  runs: z.record(text, runCountsSchema).optional().describe('by dataset, if the command carried the study out'),
  reference: text.optional().describe('likewise'),
  correlations: z.array(correlation).optional().describe('likewise'),
  report: text.optional().describe('path, likewise'),
});

const nullableAmount = amount.nullable();
const plan = z.strictObject({
  ...{ architectures: count, runs: count },
  datasets: z.array(
    z.strictObject({
      dataset: text,
      runs: count,
      size: z.strictObject({
        ...{ train: count, validation: count, test: count, classes: count, imageSize: count, channels: count },
      }),
      ...{ epochs: nullableAmount, trainingImages: nullableAmount, forwardImages: nullableAmount },
      ...{ flops: nullableAmount, activations: nullableAmount, parameters: nullableAmount, preparedBytes: amount },
    }),
  ),
  ...{ trainingImages: nullableAmount, flops: nullableAmount, activations: nullableAmount },
  preparation: z.array(
    z.strictObject({
      ...{
        dataset: text,
        imageSize: count,
        fit: datasetSelectionSchema.shape.fit.unwrap(),
        images: count,
        bytes: amount,
      },
      ...{ hours: amount, epochSeconds: amount },
    }),
  ),
  disk: z.strictObject({
    prepared: amount,
    predictions: amount,
    runs: z.record(z.enum(retentions), nullableAmount),
  }),
  retain: z.enum(retentions),
  durations: z.array(
    z.strictObject({
      gpu: text,
      days: z.strictObject({ least: amount, most: amount }),
      fedByOneDisk: nullableAmount,
      source: text,
    }),
  ),
}) satisfies z.ZodType<StudyCost>;

const check = z.strictObject({
  subject: text,
  shown: text,
  problems: z.array(text),
  unproved: z.array(text),
});

const verification = z.strictObject({
  studyId: text,
  verdict: z.enum(['confirmed', 'unproved', 'contradicted']),
  isRehearsal: z.boolean(),
  checks: z.array(check),
  runs: z.strictObject({
    ...{ planned: count, recorded: count, repeated: count, reproduced: count },
    consistent: count.describe(
      'for a trainer that is not deterministic: runs with errors that the spread of the replicates explains',
    ),
  }),
  repeated: z.array(
    z.strictObject({
      ...{ runKey: text, dataset: text, architectureName: text, seed: count },
      reproduction: z.enum(['same', 'consistent', 'different', 'impossible']),
      weights: z
        .strictObject({
          isEqual: z.boolean(),
          largestDifference: amount.nullable(),
          largestRelativeDifference: amount.nullable(),
        })
        .optional(),
      top1Error: z.strictObject({ recorded: fraction, now: fraction }).optional(),
      place: text.optional().describe('position of the new error among those of the replicates'),
      reasons: z.array(text),
    }),
  ),
  notVerified: z.array(text),
});

const complexity = z.strictObject({ flops: amount, params: amount, acts: amount }) satisfies z.ZodType<Complexity>;

/** The fields of an architecture as people write it. */
const architectureFields = (architectureSchema.in as z.ZodObject).shape;
const { name, imageSize, channels, classes } = nameAndNetworkSchema.shape;
const network = { imageSize, channels, classes };
const computed = { complexity: z.unknown().optional().describe('ignored, because it is computed again') };

const architectureEntry = z.union([
  z.strictObject({
    name,
    architecture: z.strictObject({ ...architectureFields, ...network }),
    ...network,
    ...computed,
  }),
  z.strictObject({ name, ...architectureFields, ...network, ...computed }),
]);

const acceptance = z.strictObject({
  ...{ draws: count, accepted: count },
  rejected: z
    .strictObject({
      bottleneck: count,
      group: count,
      stages: count,
      flops: count,
      params: count,
      acts: count,
      duplicate: count,
    })
    .describe('by the first reason'),
  nearest: z.partialRecord(
    z.enum(['flops', 'params', 'acts']),
    z.strictObject({ below: nullableAmount, above: nullableAmount }),
  ),
}) satisfies z.ZodType<Acceptance>;

const marginal = z.strictObject({
  ...{ key: text, title: text, unit: text, ofStage: z.int().positive().exactOptional() },
  ...{ minimum: amount, median: amount, maximum: amount },
  bins: z.array(z.strictObject({ low: amount, high: amount, count })),
});

const sample = z.strictObject({
  ...{ space: designSpaceSchema, seed: count, acceptance, marginals: z.array(marginal) },
  architectures: z.array(architectureEntry),
});

const shape = z.strictObject({ size: count, width: count });
const layer = z.looseObject({ kind: text, name: text });
const show = z.strictObject({
  name: text,
  architecture: z.strictObject(architectureFields),
  network: z.strictObject({ imageSize: count, channels: count, classes: count }),
  parts: z.array(
    z.strictObject({
      ...{ name: text, description: text, blocks: count, input: shape, output: shape, complexity },
      layers: z.array(layer),
    }),
  ),
  complexity,
  structure: z.record(text, nullableAmount).describe('structure parameters by their names'),
});

const nullableCount = count.nullable();
const publication = {
  homepage: text,
  licence: text,
  citation: text,
  put: text,
  bytes: amount,
  unverified: text.exactOptional(),
};
const split = z.strictObject({
  images: count,
  expected: nullableCount,
  byClass: z.array(z.strictObject({ name: text, images: count, expected: nullableCount })),
});
const datasetCheck = z.strictObject({
  ...{ name: text, title: text, found: z.boolean(), form: text.nullable(), folder: text.nullable() },
  ...{ classes: nullableCount, hasGroups: z.boolean() },
  splits: z.partialRecord(z.enum(['train', 'validation', 'test', 'undivided']), split),
  leftOut: z.array(z.strictObject({ reason: text, images: count })),
  notes: z.array(text),
  problems: z.array(text),
  obtain: z.strictObject({ ...publication, folder: text }).nullable(),
});

const listedDataset = z.strictObject({
  ...{ name: text, title: text, images: count, classes: count, channels: count, imageSize: count },
  ...{ homepage: text, licence: text, bytes: amount },
  form: text.nullable().describe('the form in which it exists here; null if it does not'),
});

const finding = z.strictObject({
  ...{ name: text, status: z.enum(['ok', 'warning', 'failure']), detail: text, remedy: text.exactOptional() },
});

const tidyRow = z.looseObject({
  architecture: text.min(1),
  dataset: text.min(1),
  seed: count.optional().describe('absent: the rows of an architecture on a dataset are its seeds 0, 1, ...'),
  top1Error: fraction.nullable().describe('with `--unit`: `error`, `accuracy` or `top1Accuracy`, also in percent'),
  top5Error: fraction.nullable().optional(),
  validationTop1Error: fraction.nullable().optional(),
  outcome: z.enum(['finished', 'diverged', 'failed']).optional(),
  failureCategory: text.nullable().optional(),
  parentDataset: text.nullable().optional().describe('the dataset that this one has classes or images of'),
  classes: nullableCount.optional().describe('of a subset of the parent'),
  classDraw: nullableCount.optional(),
  control: nullableCount.optional().describe('classes of the subset whose number of images this one has'),
  imagesPerEpoch: nullableAmount.optional(),
  epochs: nullableAmount.optional(),
  testImages: nullableCount.optional(),
  ...{ flops: nullableAmount.optional(), params: nullableAmount.optional(), acts: nullableAmount.optional() },
});

const curveRow = z.looseObject({
  ...{ architecture: text.min(1), dataset: text.min(1), seed: count, epoch: z.int().positive() },
  validationTop1Error: fraction.nullable(),
});

const wideRow = z
  .looseObject({ architecture: text.min(1).optional(), model: text.min(1).optional() })
  .catchall(z.union([text, amount, z.null()]))
  .describe(
    'a column of names, and a column for each dataset with numbers in the unit of `--unit`; empty if there is none',
  );

const prepared = z.strictObject({ directory: text, manifest: manifestSchema });
const exported = z.strictObject({
  folder: text,
  form: z.enum(['webdataset', 'folder']),
  manifest: manifestSchema,
  splits: z.partialRecord(
    z.enum(['train', 'validation', 'test']),
    z.strictObject({ images: count, shards: z.array(z.strictObject({ file: text, images: count })).exactOptional() }),
  ),
});
const page = z.strictObject({ page: text, directory: text, manifest: manifestSchema });

/** The documents that this program prints, reads or stores for other programs, by the names of their schemas. */
export const documents: Readonly<Record<string, { schema: z.ZodType; about: string }>> = {
  change: { schema: change, about: 'start, pause, resume, cancel, limit, retry, extend and variant with --json' },
  status: { schema: statusOfOne, about: 'status ID --json' },
  'status-list': {
    schema: z.array(z.union([statusOfOne, status])),
    about: 'status --json and list --json; status --watch --json prints one per line',
  },
  plan: { schema: plan, about: 'plan --json' },
  report: { schema: z.strictObject({ studies: z.array(text), report: text }), about: 'report --json' },
  export: {
    schema: z.strictObject({ studyId: text, file: text, bytes: count, predictionsBytes: count }),
    about: 'export --json',
  },
  download: {
    schema: z.strictObject({ studyId: text, folder: text, runs: count, found: z.record(z.enum(downloads), count) }),
    about: 'download --json',
  },
  'export-index': { schema: exportIndexSchema, about: 'export.json in an exported study' },
  verification: { schema: verification, about: 'verify --json' },
  correlations: { schema: z.array(correlation), about: 'analyze --json and correlations.json' },
  sample: { schema: sample, about: 'sample --json' },
  complexity: { schema: z.array(complexity), about: 'complexity --json' },
  show: { schema: show, about: 'show --json' },
  'run-record': { schema: runRecordSchema, about: 'train --json, and record.json of a run' },
  'datasets-list': { schema: z.array(listedDataset), about: 'datasets list --json' },
  'datasets-check': { schema: z.array(datasetCheck), about: 'datasets check --json' },
  'datasets-prepare': { schema: z.array(prepared), about: 'datasets prepare --json' },
  'datasets-show': { schema: page, about: 'datasets show --json' },
  'datasets-export': { schema: exported, about: 'datasets export --json' },
  doctor: { schema: z.strictObject({ isFit: z.boolean(), findings: z.array(finding) }), about: 'doctor --json' },
  'study-config': { schema: studyConfigSchema, about: 'a study config, as --config reads it' },
  architectures: {
    schema: z.union([
      z.array(architectureEntry),
      architectureEntry,
      z.strictObject({ architectures: z.array(architectureEntry) }),
    ]),
    about: 'architectures, as population.path, complexity and show read them, and as sample writes them',
  },
  networks: { schema: networkFileSchema, about: 'networks of a list, as population.path reads them' },
  'tidy-table': { schema: tidyRow, about: 'a row of a tidy table that analyze reads' },
  'wide-table': { schema: wideRow, about: 'a row of a wide table that analyze --wide reads' },
  'curves-table': { schema: curveRow, about: 'a row of a table of curves that analyze --curves reads' },
  weights: { schema: headerSchema, about: 'the header of weights.bin' },
};

/** Documents that this program reads; fields that they leave out get defaults. */
const isRead = new Set(['study-config', 'architectures', 'networks', 'tidy-table', 'wide-table', 'curves-table']);

/** Returns the JSON Schema (draft 2020-12) of a document, as text. Printed documents may get more members in later versions. */
export function jsonSchemaOf(document: string): string {
  const { schema, about } = documents[document]!;
  const read = isRead.has(document);
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: read ? 'input' : 'output',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (!read && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return `${JSON.stringify({ $schema, title: about, ...rest }, undefined, 2)}\n`;
}

// Each schema describes no less than the type of the printed document.
finding satisfies z.ZodType<Finding>;
datasetCheck satisfies z.ZodType<DatasetCheck>;
marginal satisfies z.ZodType<Marginal>;
verification satisfies z.ZodType<Omit<Verification, 'repeated'>>;

import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { architectureSchema } from '../design-space/architecture.ts';
import { layersOf, type Layer } from '../design-space/layers.ts';
import { ConfigError } from '../core/errors.ts';
import { parseWith } from '../core/validation.ts';
import type { GoldenDifferences } from './child/messages.ts';
import { withFreshSlots } from './initial-weights.ts';
import { protocolSchema } from './protocol.ts';
import { stateLayout, type StateLayout } from './graph/state-layout.ts';
import type { NetworkState } from './session.ts';
import { openTrainingSession, type NormalizedImages } from './tensorflow-session.ts';
import { fromPyTorch } from './weight-layout.ts';

const numbers = z.array(z.number());

/** A network trained for a few steps by other code: its inputs and outputs. */
const goldenCaseSchema = z
  .object({
    name: z.string(),
    architecture: z
      .looseObject({
        imageSize: z.int().positive(),
        classes: z.int().min(2),
        channels: z.int().min(1).max(4).default(3),
      })
      .transform(({ imageSize, classes, channels, ...architecture }) => ({
        architecture,
        imageSize,
        classes,
        channels,
      })),
    batchSize: z.int().min(2),
    labelSmoothing: z.number().min(0).lt(1).default(0),
    optimizer: z.object({
      learningRate: z.number().positive(),
      momentum: z.number().min(0).max(1),
      weightDecay: z.number().min(0),
      nesterov: z.boolean(),
      steps: z.int().positive(),
    }),
    parameters: z.array(
      z.object({ name: z.string(), shape: z.array(z.int().positive()), firstStepGradientNorm: z.number() }),
    ),
    labels: z.array(z.int().min(0)),
    firstStepLogits: z.array(numbers),
    losses: numbers,
    evalLogitsAfterTraining: z.array(numbers),
  })
  .superRefine(({ batchSize, labels, losses, optimizer, architecture, ...golden }, context) => {
    const { classes } = architecture;
    const expect = (field: string, holds: boolean, rule: string) => {
      if (!holds) context.addIssue({ code: 'custom', path: [field], message: rule, input: undefined });
    };
    const hasLogits = (rows: number[][]) => rows.length === batchSize && rows.every(({ length }) => length === classes);
    expect(
      'labels',
      labels.length === batchSize,
      `must have one entry for each of the ${batchSize} images, got ${labels.length}`,
    );
    expect(
      'labels',
      labels.every((label) => label < classes),
      `must be below classes (${classes}), got ${Math.max(...labels)}`,
    );
    expect(
      'losses',
      losses.length === optimizer.steps,
      `must have one entry for each of the ${optimizer.steps} steps, got ${losses.length}`,
    );
    for (const field of ['firstStepLogits', 'evalLogitsAfterTraining'] as const)
      expect(
        field,
        hasLogits(golden[field]),
        `must have ${classes} numbers for each of the ${batchSize} images, got ${golden[field].length} rows`,
      );
  });

type GoldenCase = z.infer<typeof goldenCaseSchema>;

/** Runs golden cases (a list, in the form of PyTorch's fixtures) through the engine; throws a ConfigError if one is malformed. */
export async function goldenDifferences(document: unknown): Promise<GoldenDifferences[]> {
  const cases = parseWith(z.array(goldenCaseSchema).min(1), document, 'The golden file is invalid');
  const differences: GoldenDifferences[] = [];
  for (const golden of cases) differences.push(await differencesOf(golden));
  return differences;
}

async function differencesOf(golden: GoldenCase): Promise<GoldenDifferences> {
  const { imageSize, classes, channels } = golden.architecture;
  const architecture = parseWith(
    architectureSchema,
    golden.architecture.architecture,
    `The architecture of ${golden.name} is invalid`,
  );
  const layers = layersOf(architecture, { imageSize, channels, classes });
  checkParameters(golden, stateLayout(layers));
  const directory = await mkdtemp(join(tmpdir(), 'golden-'));
  try {
    return await compare(golden, layers, directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function compare(golden: GoldenCase, layers: readonly Layer[], directory: string): Promise<GoldenDifferences> {
  const { imageSize, classes, channels } = golden.architecture;
  const { steps, ...optimizer } = golden.optimizer;
  const session = await openTrainingSession({
    layers,
    protocol: {
      ...protocolSchema.parse({
        epochs: 1,
        batchSize: golden.batchSize,
        labelSmoothing: golden.labelSmoothing,
        optimizer,
      }),
      precision: 'float32',
    },
    dataset: {
      imageSize,
      fit: 'square',
      channels,
      classes,
      normalization: { mean: Array<number>(channels).fill(0), std: Array<number>(channels).fill(1) },
      pca: { eigenvalues: [], eigenvectors: [] },
    },
    directory,
  });
  const planes = generated(12345, golden.batchSize * channels * imageSize ** 2);
  const images: NormalizedImages = {
    values: channelsLast(planes, golden.batchSize, channels, imageSize),
    shape: [golden.batchSize, imageSize, imageSize, channels],
  };
  try {
    session.restore(goldenState(golden, session.layout));
    const labels = Int32Array.from(golden.labels);
    const first = session.gradients(images, labels);
    const losses: number[] = [];
    for (let step = 0; step < steps; step++)
      losses.push(session.trainStepOnNormalized(images, labels, optimizer.learningRate));
    return {
      name: golden.name,
      firstLogits: largestDifference(first.logits, golden.firstStepLogits.flat()),
      gradientNorms: Math.max(
        ...golden.parameters.map(({ name, firstStepGradientNorm }) =>
          relative(norm(first.gradient.get(name) as Float32Array), firstStepGradientNorm),
        ),
      ),
      losses: Math.max(...golden.losses.map((loss, step) => relative(losses[step]!, loss))),
      finalLogits: largestDifference(session.evaluateNormalized(images), golden.evalLogitsAfterTraining.flat()),
      state: digestOf(session.read()),
    };
  } finally {
    session.close();
  }
}

/** Throws a ConfigError if the parameters of a case are not those of its architecture. */
function checkParameters({ name, parameters }: GoldenCase, { convolutions, others }: StateLayout): void {
  const sizes = new Map([...convolutions, ...others].map((entry) => [entry.name, entry.size]));
  const given = new Map(
    parameters.map(({ name, shape }) => [name, shape.reduce((product, size) => product * size, 1)]),
  );
  const problems = [...new Set([...sizes.keys(), ...given.keys()])]
    .filter((parameter) => sizes.get(parameter) !== given.get(parameter))
    .map(
      (parameter) =>
        `${parameter} must have ${sizes.get(parameter) ?? 'no'} values in this architecture, got ${given.get(parameter) ?? 'none'}`,
    );
  if (problems.length > 0) throw new ConfigError(`The parameters of ${name} are invalid`, problems);
}

/** Makes the state that a case starts from: parameter k comes from the generator's stream with seed k + 1. */
function goldenState(golden: GoldenCase, layout: StateLayout): NetworkState {
  const state = new Map<string, Float32Array>();
  golden.parameters.forEach(({ name, shape }, index) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const [out, , height = 1, width = 1] = shape as [number, number?, number?, number?];
    const scale = shape.length === 4 ? Math.sqrt(3) * Math.sqrt(2 / (height * width * out)) : 0.1;
    const offset = shape.length === 1 && name.endsWith('.weight') ? 1 : 0;
    const values = generated(index + 1, count).map((value) => offset + scale * value);
    state.set(name, fromPyTorch(values, shape));
  });
  for (const { name, size } of layout.statistics)
    state.set(name, new Float32Array(size).fill(name.endsWith('_var') ? 1 : 0));
  return withFreshSlots(layout, state);
}

function digestOf(state: NetworkState): string {
  const hash = createHash('sha256');
  for (const [name, values] of state)
    hash.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest('hex');
}

/** Largest differences from a golden case that float32 arithmetic may cause. */
export const goldenTolerances = { firstLogits: 1e-4, gradientNorms: 1e-3, losses: 2e-3, finalLogits: 1e-2 } as const;

/** Generates values in [-1, 1) with the linear congruential generator of the golden files. */
function generated(seed: number, count: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function channelsLast(values: Float32Array, batch: number, channels: number, size: number): Float32Array {
  const result = new Float32Array(values.length);
  let index = 0;
  for (let image = 0; image < batch; image++)
    for (let channel = 0; channel < channels; channel++)
      for (let pixel = 0; pixel < size * size; pixel++)
        result[(image * size * size + pixel) * channels + channel] = values[index++]!;
  return result;
}

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
const relative = (value: number, expected: number): number =>
  Math.abs(value - expected) / Math.max(Math.abs(expected), 1e-12);
const largestDifference = (values: ArrayLike<number>, expected: readonly number[]): number =>
  expected.reduce((largest, value, index) => Math.max(largest, Math.abs(value - values[index]!)), 0);

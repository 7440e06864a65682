import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stream } from '../../lib/core/random.ts';
import { decodeImage } from '../../lib/datasets/images/decode.ts';
import { drawAugmentation } from '../../lib/training/augmentation.ts';
import { augmentationSchema, protocolSchema, type TrainingProtocol } from '../../lib/training/protocol.ts';
import { sampleCrops, samplePixels, type SamplingRule } from '../../lib/training/sampling.ts';
import { learningRate } from '../../lib/training/schedule.ts';
import { noise } from '../lib/datasets/image-dataset.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { needsTorch, runTorch, torchPython, trainerFile } from './torch-python.ts';

interface Answers {
  rates: number[];
  samples: { values: number[]; coverage: number[] | null }[];
  draws: { means: number[]; deviations: number[] }[];
}

/** Returns the trainer's answers to questions, each kind in a list of its own. */
async function ask(questions: Partial<Record<keyof Answers, readonly unknown[]>>): Promise<Answers> {
  const file = join(await temporaryFolder(), 'questions.json');
  await writeFile(file, JSON.stringify({ rates: [], samples: [], draws: [], ...questions }));
  const script = join(import.meta.dirname, 'anynet_torch_answers.py');
  return JSON.parse(await runTorch('anynet-torch', script, [file])) as Answers;
}

const meanDifference = (a: readonly number[], b: ArrayLike<number>) =>
  a.reduce((sum, value, index) => sum + Math.abs(value - b[index]!), 0) / a.length;

describe.skipIf(torchPython === undefined)(`anynet-torch ${needsTorch}`, () => {
  test('agrees with the golden cases in both memory layouts; a run that is killed twice ends with the same bits; each option is as good', async () => {
    const stdout = await runTorch('anynet-torch', trainerFile('anynet-torch', 'prove.py'), [
      ...['golden', 'resume', 'options', '--device', 'cpu'],
    ]);
    const findings = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { what: string; agrees?: boolean; sameBits?: boolean });
    expect(findings.filter(({ what, agrees }) => what === 'golden' && agrees)).toHaveLength(18);
    expect(findings.filter(({ what, sameBits }) => what === 'resume' && sameBits)).toHaveLength(1);
    expect(findings.filter(({ what, agrees }) => what === 'options' && agrees)).toHaveLength(3);
  });

  test('has the same learning rates as the built-in engine', async () => {
    const schedules = [
      { kind: 'cosine' },
      { kind: 'cosine', per: 'step', warmupEpochs: 2.5, warmupFactor: 0.3, minimumFactor: 0.1 },
      { kind: 'step', stepEpochs: [3, 5], stepFactor: 0.2, warmupEpochs: 1 },
      { kind: 'constant', per: 'step', warmupEpochs: 7 },
    ];
    const questions = schedules.flatMap((schedule) =>
      [0, 1, 2, 3, 5, 6].flatMap((epoch) =>
        [0, 3, 9].map((step) => [protocolSchema.parse({ epochs: 7, schedule }), epoch, step, 10] as const),
      ),
    );
    const { rates } = await ask({ rates: questions });
    questions.forEach((question, index) => expect(rates[index]).toBeCloseTo(learningRate(...question), 12));
  });

  test('sees images as pycls does', async () => {
    const golden = (file: string) => new URL(`../lib/training/golden/${file}`, import.meta.url);
    const photo = await decodeImage(
      await readFile(new URL('../lib/datasets/images/golden/detail.png', import.meta.url)),
    );
    const cases = (
      JSON.parse(await readFile(golden('pycls-images.json'), 'utf8')) as { image: string; size: number }[]
    ).map((wanted, index) => ({ ...wanted, index }));
    const outputs = await readFile(golden('pycls-images.bin'));
    const starts = cases.reduce((all, { size }) => [...all, all.at(-1)! + size * size * 3], [0]);
    const landscapes = cases.filter(({ image }) => image === 'landscape');
    const { samples } = await ask({
      samples: landscapes.map((wanted) => ({
        ...{ ...wanted, shape: [photo.height, photo.width, 3], pixels: Array.from(photo.pixels), flip: false, taps: 2 },
        edge: 'shortSide' in wanted ? 'image' : 'crop',
      })),
    });
    for (const [place, { index, size }] of landscapes.entries()) {
      const expected = Array.from(
        { length: size * size * 3 },
        (_, value) => outputs.readUInt16LE(2 * (starts[index]! + value)) / 100,
      );
      expect(meanDifference(expected, samples[place]!.values)).toBeLessThan(0.01);
    }
  });

  test('samples crops as the built-in engine does, flipped, past the edge, and of any size', async () => {
    const image = noise(23, 31, 1);
    const rules: SamplingRule[] = [
      { taps: 1, edge: 'zero' },
      { taps: 1, edge: 'image' },
      { taps: 2, edge: 'image' },
      { taps: 2, edge: 'crop' },
    ];
    const crops = [
      [-3, -4, 13, 12],
      [12, 20, 28, 36],
      [0, 0, 16, 16],
      [2, 5, 18, 21],
    ] as const;
    const questions = rules.flatMap(({ taps, edge }) =>
      crops.flatMap((crop) =>
        [false, true].map((flip) => ({
          ...{ crop: edge === 'crop' ? [1, 2, 22, 18] : crop, flip, taps, edge, size: 16 },
          ...{ shape: [23, 31, 3], pixels: Array.from(image.pixels) },
        })),
      ),
    );
    const { samples } = await ask({ samples: questions });
    const extents = { starts: Int32Array.of(0), heights: Uint16Array.of(23), widths: Uint16Array.of(31) };
    for (const [index, { crop, flip, taps, edge, size }] of questions.entries()) {
      const expected = sampleCrops(extents, Float64Array.from(crop), Uint8Array.of(flip ? 1 : 0), size, { taps, edge });
      const pixels = samplePixels(image.pixels, expected, { size, taps, channels: 3 });
      expect(Math.max(...samples[index]!.values.map((value, at) => Math.abs(value - pixels[at]!)))).toBeLessThan(1e-3);
      const { coverage } = samples[index]!;
      if (edge !== 'zero') expect(coverage).toBeNull();
      else
        expect(coverage).toEqual(
          Array.from({ length: size * size }, (_, at) => {
            const [row, column] = [Math.floor(at / size), at % size];
            return expected.rowWeights[row]! * expected.columnWeights[column]!;
          }),
        );
    }
  });

  test('draws crops, flips and lighting from the same distributions as the built-in engine', async () => {
    const pca = {
      eigenvalues: [0.2, 0.1, 0.05],
      eigenvectors: [
        [0.6, 0.8, 0],
        [-0.8, 0.6, 0],
        [0, 0, 1],
      ],
    };
    const kinds: TrainingProtocol['augmentation'][] = [
      augmentationSchema.parse({}),
      augmentationSchema.parse({ crop: { kind: 'pad', padding: 4 } }),
      // Most draws do not fit, so the central crop is taken.
      augmentationSchema.parse({ crop: { kind: 'random-sized', area: [0.9, 1], aspectRatio: [0.2, 5] } }),
    ];
    const [count, height, width, size] = [20_000, 40, 60, 32];
    const draws = kinds.map((augmentation) => ({ count, height, width, size, augmentation, pca }));
    const answers = (await ask({ draws })).draws;
    const sizes = { heights: new Uint16Array(count).fill(height), widths: new Uint16Array(count).fill(width) };
    for (const [index, augmentation] of kinds.entries()) {
      const drawn = drawAugmentation(stream(0, 'contact-sheet'), augmentation, sizes, { channels: 3, pca }, size);
      const columns = [
        ...[0, 1, 2, 3].map((edge) => Array.from({ length: count }, (_, image) => drawn.crops[4 * image + edge]!)),
        Array.from(drawn.flips),
        ...[0, 1, 2].map((channel) =>
          Array.from({ length: count }, (_, image) => drawn.lighting[3 * image + channel]!),
        ),
      ];
      columns.forEach((values, column) => {
        const moment = (power: number, about: number) =>
          values.reduce((sum, value) => sum + (value - about) ** power, 0) / count;
        const mean = moment(1, 0);
        const deviation = Math.sqrt(moment(2, mean));
        const kurtosis = deviation === 0 ? 1 : moment(4, mean) / deviation ** 4;
        // Five standard errors of the difference of two means, and of two deviations.
        const limit = 5 * deviation * Math.sqrt(2 / count) + 1e-9;
        expect(Math.abs(answers[index]!.means[column]! - mean)).toBeLessThan(limit);
        const spread = limit * Math.sqrt((kurtosis - 1) / 4) + 1e-9;
        expect(Math.abs(answers[index]!.deviations[column]! - deviation)).toBeLessThan(spread);
      });
    }
  });
});

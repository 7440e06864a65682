import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtifactError } from '../../lib/core/errors.ts';
import { packFolder, unpackFolder } from '../../lib/core/files/packed-folder.ts';
import { predictionProblems } from '../../lib/predictions/check-predictions.ts';
import { readPredictions } from '../../lib/predictions/read-predictions.ts';
import { summaryOf } from '../../lib/predictions/summary.ts';
import { predictionsFile } from '../../lib/predictions/write-predictions.ts';
import { MetricsFile } from '../../lib/training/command/metrics-file.ts';
import { parseMetricsLine } from '../../lib/training/command/metrics-line.ts';
import { readResult } from '../../lib/training/command/result-file.ts';
import { attemptsSoFar } from '../../lib/training/command/run-folder.ts';
import { parseState, writeState } from '../../lib/training/state-file.ts';
import { randomPredictions } from '../lib/predictions/predictions.ts';
import { mutated } from './mutations.ts';
import { expectThat, pick, type Subject, type Subjects } from './subject.ts';

const images = 200;
const classes = 12;

function predictions(): Subject {
  const original = randomPredictions(images, classes);
  const { labels, probabilities, ranked } = original;
  const lines = Array.from(labels, (label, image) =>
    [image, label, probabilities[image], ...ranked.map((column) => column[image])].join(','),
  );
  const csv = `index,label,probability,top1,top2,top3,top4,top5\n${lines.join('\n')}\n`;
  const originals = [predictionsFile(original), Buffer.from(csv)].map((bytes) => Buffer.from(bytes));
  return {
    async read(random) {
      const found = await readPredictions(mutated(pick(originals, random), random), 'predictions', images);
      const problems = predictionProblems(found, { images, classes, top1Error: 0.5, labels });
      expectThat(found.labels.length === images, `${found.labels.length} images`);
      // Predictions without impossible values can be counted.
      if (problems.every((problem) => !/ of image \d+ must be|must rank/.test(problem))) summaryOf(found, classes);
      else throw new ArtifactError('predictions', problems);
    },
  };
}

const result = {
  outcome: 'finished',
  test: { images: 100, top1Error: 0.25, loss: 0.7, top5Error: 0.04 },
  validation: { images: 50, top1Error: 0.3, loss: 0.9 },
  files: { weights: 'model.safetensors' },
  versions: { torch: '2.15.0' },
};

const metrics = Array.from({ length: 30 }, (_, epoch) =>
  JSON.stringify({ epoch: epoch + 1, epochs: 30, loss: 1 / (epoch + 1), step: 3, stepsPerEpoch: 9, lr: 'x', gpu: NaN }),
).join('\n');

/** Readers of files that trainers write, and of those that the store keeps for runs. */
export const trainerSubjects: Subjects = {
  predictions: () => Promise.resolve(predictions()),
  'results of trainers': () =>
    Promise.resolve({
      async read(random, folder) {
        const path = join(folder, 'result.json');
        await writeFile(path, mutated(Buffer.from(JSON.stringify(result, undefined, 2)), random));
        const found = await readResult(path, { validation: 50, test: 100 });
        expectThat(found?.outcome !== 'finished' || found.evaluation.test.images === 100, 'a result of other images');
      },
    }),
  'metrics of trainers': () =>
    Promise.resolve({
      async read(random, folder) {
        const path = join(folder, 'metrics.jsonl');
        await writeFile(path, mutated(Buffer.from(`${metrics}\n`), random));
        let refusals = 0;
        const note = (text: string) => {
          expectThat(text.length < 300, `a note of ${text.length} characters`);
          refusals++;
        };
        const file = new MetricsFile(
          path,
          (line) => {
            try {
              const { epoch } = parseMetricsLine(line, note).epoch;
              expectThat(Number.isSafeInteger(epoch) && epoch > 0, `epoch ${epoch}`);
            } catch (error) {
              if (!(error instanceof SyntaxError)) throw error;
              refusals++;
            }
          },
          note,
        );
        await file.read();
        if (refusals > 0) throw new ArtifactError('metrics.jsonl', ['lines were left out']);
      },
    }),
  'run.json that a trainer changed': () =>
    Promise.resolve({
      async read(random, folder) {
        const path = join(folder, 'run', 'run.json');
        await mkdir(join(folder, 'run'));
        await writeFile(path, mutated(Buffer.from(JSON.stringify({ format: 1, attempt: 3, seed: 0 })), random));
        const attempts = await attemptsSoFar(folder);
        expectThat(Number.isSafeInteger(attempts) && attempts >= 0, `${attempts} attempts`);
        if (attempts !== 3) throw new ArtifactError('run.json', ['it does not say which attempt it is']);
      },
    }),
  'states of networks': async (scratch) => {
    const path = join(scratch, 'weights.bin');
    const state = new Map([['w', Float32Array.from({ length: 100 }, (_, i) => i)]]);
    await writeState(path, { runKey: 'a'.repeat(32), epochs: 1, curve: [], state });
    const original = await readFile(path);
    return {
      read(random) {
        const found = parseState(mutated(original, random), 'weights.bin');
        expectThat(found.state.get('w')?.length === 100, 'other weights');
        return Promise.resolve();
      },
    };
  },
  'packed checkpoints': async (folder) => {
    await mkdir(join(folder, 'state'));
    await writeFile(join(folder, 'state', 'model.pt'), Buffer.alloc(3000, 7));
    await writeFile(join(folder, 'curve.jsonl'), '{"epoch":1}\n');
    const packed = join(folder, 'packed.tar');
    await packFolder(packed, { checkpoint: join(folder, 'state'), 'curve.jsonl': join(folder, 'curve.jsonl') });
    const original = await readFile(packed);
    return {
      async read(random, own) {
        await writeFile(join(own, 'a.tar'), mutated(original, random));
        await mkdir(join(own, 'within'));
        try {
          await unpackFolder(join(own, 'a.tar'), join(own, 'within', 'unpacked'));
        } catch (error) {
          // The code that fetches a checkpoint takes any failure to mean that it is damaged.
          throw new ArtifactError('a.tar', [(error as Error).message]);
        } finally {
          expectThat((await readdir(own)).length === 2, 'files out of the folder');
          expectThat((await readdir(join(own, 'within'))).length <= 1, 'files out of the folder');
        }
      },
    };
  },
};

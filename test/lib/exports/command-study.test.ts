import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveRequest } from '../../../control/submission-request.ts';
import { openExport } from '../../../lib/exports/open-export.ts';
import { verifyStudy, type Verification } from '../../../lib/exports/verification/verify-study.ts';
import { verificationInWords } from '../../../lib/exports/verification/words.ts';
import { exportStudy } from '../../../lib/exports/write-export.ts';
import { parseResults } from '../../../lib/results/results-table.ts';
import { tensorflowTrainer } from '../../../lib/runs/trainer.ts';
import type { ArtifactStore } from '../../../lib/store/artifact-store.ts';
import { openDirectoryStore } from '../../../lib/store/directory-store.ts';
import type { RunRecord } from '../../../lib/study/documents/run-record.ts';
import { sha256Of, storeTrainerFiles, trainerFileName } from '../../../lib/study/documents/trainer-files.ts';
import { madeStudy } from '../report/rehearsed-study.ts';
import { commandStudy } from '../study/command-study.ts';
import { edit, filesOf, sealed, type Files } from './forge.ts';

const program = await readFile(new URL('./seeded_trainer.py', import.meta.url));
const small = [
  'replicates=2',
  'datasets=[{"dataset":"fashion-mnist","trainingImages":500,"validationImages":50,"testImages":1000},{"dataset":"mnist","trainingImages":500,"validationImages":50,"testImages":1000}]',
];

let folder: string;
/** Exports of the same study, once by a trainer that is declared deterministic, once by one that is not. */
let exact: string;
let noisy: string;
let store: ArtifactStore;

/** A study of listed networks, and its export. */
async function exported(id: string, deterministic: boolean): Promise<{ store: ArtifactStore; path: string }> {
  const source = join(folder, 'trainer');
  await mkdir(source, { recursive: true });
  await writeFile(join(source, 'train_one.py'), program);
  const { config } = await resolveRequest({
    config: commandStudy(
      'trainer.files=["train_one.py"]',
      `trainer.deterministic=${deterministic}`,
      `protocol.settings.exact=${deterministic}`,
      ...small,
    ),
    folder: source,
  });
  await storeTrainerFiles(openDirectoryStore(join(folder, 'store')), [program]);
  const made = await madeStudy(folder, id, [], tensorflowTrainer, config);
  const path = join(folder, `${id}.zip`);
  await writeFile(path, exportStudy(made.store, id));
  return { store: made.store, path };
}

async function verified(path: string, mayRunTrainer = true, runs = 4): Promise<Verification> {
  const opened = await openExport(path);
  return verifyStudy(opened.store, opened.index.study, {
    ...{ opened, runs, seed: 0, mayRunTrainer, say: () => {}, signal: new AbortController().signal },
    ...{ work: join(folder, 'work'), scratch: await mkdtemp(join(folder, 'scratch-')) },
    trainer: tensorflowTrainer,
  });
}

let forgeries = 0;

/** Verifies an export after a change, with all its checksums correct. */
async function afterForging(path: string, change: (files: Files) => unknown, runs = 0): Promise<Verification> {
  const files = await filesOf(path);
  await change(files);
  return verified(await sealed(join(folder, `forged-${forgeries++}.zip`), files), true, runs);
}

const problemsOf = ({ checks }: Verification) => checks.flatMap(({ problems }) => problems).join('\n');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beyond-imagenet-test-'));
  ({ path: exact } = await exported('exact', true));
  ({ store, path: noisy } = await exported('noisy', false));
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a study of listed networks that a command trained', () => {
  test('has the numbers of its list in the results, and is analyzed by them', async () => {
    const rows = parseResults((await store.get('studies/noisy/results.csv'))!.toString(), 'results.csv');
    expect(rows[0]).toMatchObject({
      ...{ architecture: 'small', flops: 1e6, params: 1000, top1OnImageNet: 0.3, epochs: null },
      ...{ tensorflow: null, versions: expect.stringMatching(/^python 3[.\d]+, torch 2\.15\.0$/) as string },
    });
    expect(rows.find(({ architecture }) => architecture === 'timm/vit_tiny')).toMatchObject({ top1OnImageNet: null });
    expect(Object.keys(rows[0]!)).not.toContain('totalDepth');
    const analysis = JSON.parse((await store.get('studies/noisy/analysis.json'))!.toString()) as {
      effects: { parameter: string }[];
    };
    expect([...new Set(analysis.effects.map(({ parameter }) => parameter))].sort()).toEqual([
      ...['flops', 'params', 'top1OnImageNet'],
    ]);
  });

  test('has its trainer in the export, and its report names it', async () => {
    const { names, store: opened } = await openExport(noisy);
    const name = trainerFileName(sha256Of(program));
    expect(names).toContain(name);
    expect(await opened.get(name)).toEqual(program);
    expect((await opened.get('README.txt'))!.toString()).toContain('trainer-files/*');
    const page = (await opened.get('studies/noisy/report.html'))!.toString();
    expect(page).toContain(
      `Networks were trained by stub, version 1, a program that the study brings along: python3 train_one.py, with the file train_one.py (SHA-256 ${sha256Of(program).slice(0, 16)}...).`,
    );
    expect(page).toContain('its weights are not compared bit by bit');
    expect(page).toContain('Ranking by known numbers, such as size, needs no');
    expect(page).not.toMatch(/AnyNet|same weights to the bit|stochastic gradient descent/);
  });

  test('is reproduced exactly if its trainer is deterministic', async () => {
    const verification = await verified(exact);
    expect(problemsOf(verification)).toBe('');
    expect(verification).toMatchObject({ verdict: 'confirmed', runs: { repeated: 4, reproduced: 4, consistent: 0 } });
    expect(verificationInWords(verification)).toContain(
      'trainer stub 1: its file has the checksum from which the keys of all runs follow',
    );
  });

  test('is consistent, never the same, if its trainer is not deterministic', async () => {
    const verification = await verified(noisy);
    expect(problemsOf(verification)).toBe('');
    expect(verification).toMatchObject({ verdict: 'confirmed', runs: { repeated: 4, reproduced: 0, consistent: 4 } });
    const words = verificationInWords(verification);
    expect(words).toMatch(
      /trained again, consistent: its error is [\d.]+ % and was [\d.]+ %; it is .* of the 2 recorded errors/,
    );
    expect(words).toContain('bits were not compared, since the trainer is not deterministic');
    expect(verification.notVerified.join('\n')).toContain('the exact errors of the 4 runs that were trained again');
  });

  test('whose program an export brings along is not run unless that is asked for', async () => {
    const verification = await verified(noisy, false);
    expect(verification).toMatchObject({ verdict: 'unproved', runs: { repeated: 0 } });
    expect(verificationInWords(verification).trimEnd().split('\n').at(-1)).toMatch(
      /^NOT PROVED: .* the trainer of the study was not run here \(--run-trainer\)/,
    );
    expect(verification.notVerified.join('\n')).toContain('stub is a program in this export (python3 train_one.py)');
  });
});

describe('a forged export of such a study is detected', () => {
  const own = trainerFileName(sha256Of(program));

  test('with another file of the trainer under the checksum of the first', async () => {
    const verification = await afterForging(noisy, (files) => edit(files, own, (text) => `${text}#`));
    expect(problemsOf(verification)).toContain(`${own} is damaged`);
  });

  test('without a file of the trainer', async () => {
    const verification = await afterForging(noisy, (files) => files.delete(own));
    expect(problemsOf(verification)).toContain(`${own} (train_one.py) is not in`);
  });

  test('with another trainer in the config: the keys of the runs do not follow from it', async () => {
    const other = Buffer.from('print("forged")\n');
    const verification = await afterForging(noisy, (files) => {
      files.delete(own);
      files.set(trainerFileName(sha256Of(other)), other);
      edit(files, 'studies/noisy/config.json', (text) => text.replace(sha256Of(program), sha256Of(other)));
    });
    expect(problemsOf(verification)).toMatch(/small seed 0 on fashion-mnist must have the key \w+, got \w+/);
  });

  test('with a file of no trainer beside it', async () => {
    const other = Buffer.from('x');
    const verification = await afterForging(noisy, (files) => files.set(trainerFileName(sha256Of(other)), other));
    expect(problemsOf(verification)).toContain(`${trainerFileName(sha256Of(other))} is not a file of the study`);
  });

  test('with a number of a network changed', async () => {
    const verification = await afterForging(noisy, (files) =>
      edit(files, 'studies/noisy/architectures.json', (text) => text.replace('"params":1000', '"params":1001')),
    );
    expect(problemsOf(verification)).toContain('differs from what the config lists');
  });

  test('with an error that its replicates do not explain', async () => {
    const verification = await afterForging(
      noisy,
      (files) => {
        for (const [name, content] of files) {
          if (!name.endsWith('/record.json')) continue;
          const record = JSON.parse(content.toString()) as RunRecord;
          const better = { ...record.test!, top1Error: 0.01, loss: 0.01 };
          files.set(name, Buffer.from(`${JSON.stringify({ ...record, test: better }, undefined, 2)}\n`));
        }
      },
      3,
    );
    expect(verification).toMatchObject({ verdict: 'contradicted', runs: { repeated: 3, consistent: 0 } });
    expect(verificationInWords(verification)).toMatch(
      /trained again, different: its error is .* and was 1\.00 %; it is above 2 of the 2 recorded errors of this network\n {2}the errors differ by/,
    );
  });
});

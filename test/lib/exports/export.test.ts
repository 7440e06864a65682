import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { zipOf } from '../../../lib/core/files/zip.ts';
import { contentHash } from '../../../lib/core/canonical-json.ts';
import { downloadRuns, downloads } from '../../../lib/exports/download-runs.ts';
import { fileProblems, openExport } from '../../../lib/exports/open-export.ts';
import { verifyStudy, type Verification, type VerifyOptions } from '../../../lib/exports/verification/verify-study.ts';
import { verificationInWords } from '../../../lib/exports/verification/words.ts';
import { writeStudyFiles } from '../../../lib/report/study-files.ts';
import { exportStudy, readme } from '../../../lib/exports/write-export.ts';
import { tensorflowTrainer, type Trainer } from '../../../lib/runs/trainer.ts';
import type { ArtifactStore } from '../../../lib/store/artifact-store.ts';
import { runKeyOf, type RunDocument } from '../../../lib/study/documents/run-document.ts';
import { readRunRecord, withoutResult, type RunRecord } from '../../../lib/study/documents/run-record.ts';
import type { RunCounts } from '../../../lib/study/outcome.ts';
import { StudyDocuments, type PlannedRun } from '../../../lib/study/documents/study-documents.ts';
import { madeStudy, rehearsedStudy } from '../report/rehearsed-study.ts';
import { arithmeticTrainer } from './arithmetic-trainer.ts';
import { edit, editJson, filesOf, sealed, type Files } from './forge.ts';

/** Four networks twice on fashion-mnist, mnist, and five classes. */
const small = [
  ...['population.count=4', 'replicates=2', 'analysis.bootstrapResamples=100', 'protocol.epochs=2'],
  'datasets=[{"dataset":"fashion-mnist","trainingImages":500,"validationImages":50,"testImages":100},{"dataset":"mnist","trainingImages":500,"validationImages":50,"testImages":100},{"dataset":"fashion-mnist","classes":5,"trainingImages":500,"validationImages":50,"testImages":100}]',
];

let folder: string;
let store: ArtifactStore;
/** The export of a study of real data, and that of a rehearsal. */
let honest: string;
let rehearsal: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beyond-imagenet-test-'));
  ({ store } = await madeStudy(folder, 'study', small, arithmeticTrainer));
  const rehearsed = await rehearsedStudy(join(folder, 'rehearsal'));
  [honest, rehearsal] = [join(folder, 'honest.zip'), join(folder, 'rehearsal.zip')];
  await writeFile(honest, exportStudy(store, 'study'));
  await writeFile(rehearsal, exportStudy(rehearsed.store, 'rehearsed'));
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function verified(
  path: string,
  runs = 2,
  trainer: Trainer = arithmeticTrainer,
  more: Pick<VerifyOptions, 'metric'> = {},
): Promise<Verification> {
  const opened = await openExport(path);
  const scratch = await mkdtemp(join(folder, 'scratch-'));
  const signal = new AbortController().signal;
  const work = join(folder, 'work');
  const say = () => {};
  const options = { opened, work, scratch, trainer, runs, seed: 0, mayRunTrainer: false, signal, say, ...more };
  return verifyStudy(opened.store, opened.index.study, options);
}

const lastLine = (verification: Verification) => verificationInWords(verification).trimEnd().split('\n').at(-1)!;

let forgeries = 0;
/** By path. */
const unpacked = new Map<string, Promise<Files>>();

/** Verifies an export after a change, with all its checksums correct. */
async function afterForging(change: (files: Files) => unknown, from = honest, runs = 0): Promise<Verification> {
  const content = unpacked.get(from) ?? filesOf(from);
  unpacked.set(from, content);
  const files: Files = new Map(await content);
  await change(files);
  return verified(await sealed(join(folder, `forged-${forgeries++}.zip`), files), runs);
}

const problemsOf = ({ checks }: Verification) => checks.flatMap(({ problems }) => problems).join('\n');

describe('an exported study', () => {
  test('has documents, records, predictions, tables, statistics and report, no pixels and no weights', async () => {
    const { names, index } = await openExport(honest);
    for (const name of [
      'config.json',
      'architectures.json',
      'results.csv',
      'curves.csv',
      'analysis.json',
      'report.html',
    ])
      expect(names).toContain(`studies/study/${name}`);
    for (const file of ['record.json', 'predictions.parquet'])
      expect(names.filter((name) => name.endsWith(`/${file}`))).toHaveLength(24);
    expect(names.filter((name) => name.endsWith('/dataset.json'))).toHaveLength(3);
    expect(names.filter((name) => /\.(bin|model)|events/.test(name))).toEqual([]);
    expect(Object.keys(index.weights)).toHaveLength(24);
  });

  test('is the same, byte for byte, when it is exported again', async () => {
    expect((await buffer(exportStudy(store, 'study'))).equals(await readFile(honest))).toBe(true);
  });

  test('is confirmed elsewhere; the last line says which share of its runs was trained again', async () => {
    const verification = await verified(honest, 3);
    expect(problemsOf(verification)).toBe('');
    expect(verification).toMatchObject({
      verdict: 'confirmed',
      runs: { planned: 24, recorded: 24, repeated: 3, reproduced: 3 },
    });
    expect(lastLine(verification)).toBe(
      'nothing contradicts this study: all files follow from its records, and 3 of 24 runs (12.5 %) were trained again with the same result',
    );
    expect(verificationInWords(verification)).toContain(
      'not verified:\n  errors, curves and weights of 21 of 24 runs, which were not reproduced here\n  times, speeds and devices',
    );
  });

  test('reports what its predictions prove, or, if it was made without them, that this is not proved', async () => {
    expect(verificationInWords(await verified(honest, 0))).toContain(
      'predictions: errors and metrics of 24 runs follow from their predictions for each test image',
    );
    const path = join(folder, 'without-predictions.zip');
    await writeFile(path, exportStudy(store, 'study', { predictions: false }));
    expect((await stat(path)).size).toBeLessThan((await stat(honest)).size);
    const verification = await verified(path, 0);
    expect(problemsOf(verification)).toBe('');
    expect(verification.notVerified).toContain(
      'errors and metrics of 24 runs by their predictions, which are not among the files',
    );
    const balanced = await verified(path, 0, arithmeticTrainer, { metric: 'balanced' });
    expect(balanced.verdict).toBe('unproved');
    expect(lastLine(balanced)).toMatch(/^NOT PROVED: the requested errors do not follow/);
    expect(balanced.notVerified[0]).toBe(
      'balanced errors (means of the errors of the classes) of arch-000 on fashion-mnist, seed 0: its predictions are not among the files',
    );
    expect((await verified(honest, 0, arithmeticTrainer, { metric: 'balanced' })).verdict).toBe('confirmed');
    expect((await verified(honest, 0, arithmeticTrainer, { metric: 'auc' })).notVerified[0]).toContain(
      'there are not two classes',
    );
  });

  test('without any run trained again says so', async () => {
    const verification = await verified(honest, 0);
    expect(verification.verdict).toBe('confirmed');
    expect(lastLine(verification)).toContain('no run was trained again, so nothing shows that any was trained');
  });

  test('of a rehearsal is never confirmed: it is called simulated in the last line', async () => {
    const verification = await verified(rehearsal);
    expect(problemsOf(verification)).toBe('');
    expect(verification).toMatchObject({ verdict: 'unproved', isRehearsal: true, runs: { reproduced: 2 } });
    expect(lastLine(verification)).toMatch(/^A REHEARSAL: .* every number is simulated and nothing was trained$/);
  });

  test('that is the demonstration of this project has no problems', { timeout: 300_000 }, async () => {
    const path = fileURLToPath(new URL('../../../docs/demonstration/demonstration.zip', import.meta.url));
    const verification = await verified(path, 0, tensorflowTrainer);
    expect(problemsOf(verification)).toBe('');
    expect(verification).toMatchObject({ runs: { planned: 1200, recorded: 1200 } });
    expect(verification.verdict).not.toBe('contradicted');
  });
});

type Config = Record<string, unknown> & { seeds: Record<string, number>; population: Record<string, unknown> };
type Index = { weights: Record<string, string> };
const study = (name: string) => `studies/study/${name}`;
const planOf = (label: string) => study(`plan/${label}/pages/00000.json`);
const plan = (files: Files, label: string) => JSON.parse(files.get(planOf(label))!.toString()) as PlannedRun[];
const recordOf = (runKey: string) => `runs/${runKey}/record.json`;

/** Changes the record of the first run on mnist. */
const editRecord = (files: Files, change: (record: RunRecord) => unknown) =>
  editJson<RunRecord>(files, recordOf(plan(files, 'mnist')[0]!.runKey), change);

/** Makes tables, statistics and report of a forged study anew with this program, as a careful forger would. */
async function rewritten(files: Files): Promise<void> {
  const { MemoryStore } = await import('../../memory-store.ts');
  const { writeStudyFiles } = await import('../../../lib/report/study-files.ts');
  const own = new MemoryStore();
  for (const [name, content] of files) if (name.includes('/')) await own.put(name, content);
  await writeStudyFiles(own, 'study');
  for (const name of files.keys()) if (name.startsWith('studies/')) files.delete(name);
  for (const name of await own.list('studies/')) files.set(name, (await own.get(name))!);
  files.set('README.txt', Buffer.from(readme('study', [...files.keys()])));
}

/** Gives every run of a study another engine, with all keys redone and all errors invented. */
function invented(files: Files, engine: string): void {
  const keys = new Map<string, string>();
  const weights: Record<string, string> = {};
  for (const name of [...files.keys()].filter((each) => each.endsWith('/run.json'))) {
    const old = name.split('/')[1]!;
    const document = { ...(JSON.parse(files.get(name)!.toString()) as RunDocument), engine };
    const key = runKeyOf(document);
    keys.set(old, key);
    weights[key] = contentHash(key);
    const record = JSON.parse(files.get(recordOf(old))!.toString()) as RunRecord;
    const error = (keys.size % 50) / 100;
    const changed = { ...record, runKey: key, versions: { ...record.versions, engine } };
    changed.test = { ...record.test!, top1Error: error };
    delete changed.predictions;
    for (const file of ['run.json', 'record.json', 'predictions.parquet']) files.delete(`runs/${old}/${file}`);
    files.set(`runs/${key}/run.json`, Buffer.from(JSON.stringify(document)));
    files.set(recordOf(key), Buffer.from(JSON.stringify(changed)));
  }
  for (const [name, content] of files)
    if (name.includes('/plan/'))
      files.set(name, Buffer.from(content.toString().replace(/[0-9a-f]{32}/g, (key) => keys.get(key) ?? key)));
  editJson<Index>(files, 'export.json', (index) => ({ ...index, weights }));
}

describe('the files of the runs of a study', () => {
  test('are downloaded into folders of their names, which TensorBoard shows', async () => {
    const out = join(folder, 'downloaded');
    const { runKey } = (await new StudyDocuments(store, 'study').plan('fashion-mnist/5-classes'))[3]!;
    await store.put(`runs/${runKey}/events/events.out.tfevents.1.v2`, 'events');
    await store.put(`runs/${runKey}/model/variables/variables.index`, 'variables');
    const kinds = [...downloads];
    expect(await downloadRuns(store, 'study', { out, kinds, architecture: 'arch-003' })).toEqual({
      runs: 6,
      found: { weights: 6, predictions: 6, events: 1, model: 1 },
    });
    const name = 'arch-003 on fashion-mnist/5-classes, seed 0';
    const files = ['events.out.tfevents.1.v2', 'model', 'predictions.parquet', 'weights.bin'];
    expect(await readdir(join(out, name))).toEqual(files);
    expect(await readFile(join(out, name, 'weights.bin'), 'utf8')).toBe(`weights of ${runKey}\n`);
    expect(await readFile(join(out, name, 'model/variables/variables.index'), 'utf8')).toBe('variables');
    const one = join(folder, 'of-one');
    await downloadRuns(store, 'study', {
      out: one,
      kinds: ['predictions'],
      dataset: 'mnist',
      architecture: 'arch-000',
    });
    expect((await readdir(one, { recursive: true })).sort()).toEqual(
      [0, 1].flatMap((seed) => [
        `arch-000 on mnist, seed ${seed}`,
        `arch-000 on mnist, seed ${seed}/predictions.parquet`,
      ]),
    );
  });
});

describe('a study whose failed run another study has tried again and finished', () => {
  const failure = { category: 'crash' as const, message: 'the trainer "x" ended:\nout of memory, größer' };
  let shared: ArtifactStore;
  let recordName: string;
  let outdated: string;
  /** A record that tells of a failure in place of a result. */
  const failedInstead = (record: RunRecord, message: string) => {
    const timings = { ...record.timings, trainingSeconds: 0, evaluationSeconds: 0 };
    const failed = { ...record, ...withoutResult(record.versions['engine']!, { ...failure, message }), timings };
    delete failed.predictions;
    return JSON.stringify(failed);
  };
  const outcomeOf = async () => (await new StudyDocuments(shared, 'study').findOutcome())!.runs['mnist'];
  const verifiedThere = async () => {
    const scratch = await mkdtemp(join(folder, 'scratch-'));
    const signal = new AbortController().signal;
    const options = { work: join(folder, 'work'), scratch, trainer: arithmeticTrainer, runs: 1, seed: 0 };
    return verifyStudy(shared, 'study', { ...options, mayRunTrainer: false, signal, say: () => {} });
  };
  beforeAll(async () => {
    ({ store: shared } = await madeStudy(join(folder, 'shared'), 'study', small, arithmeticTrainer));
    const { runKey } = (await new StudyDocuments(shared, 'study').plan('mnist'))[2]!;
    recordName = `runs/${runKey}/record.json`;
    const finished = (await readRunRecord(shared, runKey))!;
    await shared.put(recordName, failedInstead(finished, failure.message));
    await writeStudyFiles(shared, 'study');
    expect(await outcomeOf()).toEqual({ finished: 7, reused: 0, diverged: 0, failed: 1 });
    expect(await verifiedThere()).toMatchObject({ verdict: 'confirmed' });
    await shared.put(recordName, JSON.stringify({ ...finished, studyId: 'variant' }));
    outdated = join(folder, 'outdated.zip');
    await writeFile(outdated, exportStudy(shared, 'study'));
  }, 300_000);

  test('is out of date, neither contradicted nor proved, until its report is made again', async () => {
    for (const verification of [await verifiedThere(), await verified(outdated)]) {
      expect(problemsOf(verification)).toBe('');
      expect(verification.verdict).toBe('unproved');
      expect(verification.notVerified[0]).toMatch(/^results of 1 run that had failed and that another study has tried/);
      expect(lastLine(verification)).toMatch(/^OUT OF DATE: .* `report study`/);
    }
    const record = (await readRunRecord(shared, recordName.split('/')[1]!))!;
    await shared.put(recordName, failedInstead(record, 'it failed in another way'));
    expect(await verifiedThere()).toMatchObject({ verdict: 'unproved' });
    await shared.put(recordName, JSON.stringify(record));

    await writeStudyFiles(shared, 'study');
    expect(await outcomeOf()).toEqual({ finished: 7, reused: 1, diverged: 0, failed: 0 });
    expect(await verifiedThere()).toMatchObject({ verdict: 'confirmed' });
  });

  test.each<[string, (files: Files) => void, string]>([
    [
      'another cell of the row of the failed run',
      (files) =>
        edit(files, study('results.csv'), (text) =>
          text.replace(/^(.*,)failed,/m, (row) => row.replace(/^arch-00\d/, 'arch-009')),
        ),
      'results.csv',
    ],
    [
      'a run of its own that has become a failure',
      (files) =>
        edit(files, study('results.csv'), (text) =>
          text.replace(/^arch-000,mnist,.*$/m, (row) => row.replace(',finished,,,', ',failed,crash,it ended,')),
        ),
      'results.csv',
    ],
    [
      'the number of failed runs',
      (files) =>
        editJson<{ runs: Record<string, RunCounts> }>(files, study('outcome.json'), ({ runs }) => {
          runs['mnist'] = { finished: 6, reused: 0, diverged: 0, failed: 2 };
        }),
      'outcome.json',
    ],
    [
      'the curves',
      (files) => edit(files, study('curves.csv'), (text) => `${text}arch-001,mnist,0,1,,,,\n`),
      'curves.csv',
    ],
  ])('is contradicted if somebody has changed %s', async (_what, change, file) => {
    const found = await afterForging(change, outdated);
    expect(found.verdict).toBe('contradicted');
    expect(problemsOf(found)).toContain(file);
  });
});

describe('a forged export, all of whose checksums are correct, is refused', () => {
  test("whose plan lists another dataset's runs", async () => {
    const found = await afterForging((files) => files.set(planOf('mnist'), files.get(planOf('fashion-mnist'))!));
    expect(found.verdict).toBe('contradicted');
    expect(problemsOf(found)).toMatch(/arch-000 seed 0 on mnist must have the key [0-9a-f]{32}, got/);
    expect(problemsOf(found)).toContain('is planned twice');
  });

  test("whose dataset points to another's data", async () => {
    const pointers = (files: Files) =>
      files.set(study('datasets/mnist.json'), files.get(study('datasets/fashion-mnist.json'))!);
    expect(problemsOf(await afterForging(pointers))).toContain(
      'mnist: its document is of dataset "fashion-mnist", the config selects "mnist"',
    );
  });

  test.each([1, 2])('in whose plan the names of networks are permuted', async (step) => {
    const found = await afterForging((files) =>
      editJson<PlannedRun[]>(files, planOf('mnist'), (runs) =>
        runs.map((run, index) => ({ ...runs[(index + step) % runs.length]!, runKey: run.runKey })),
      ),
    );
    expect(problemsOf(found)).toContain('the plan of mnist: run 1 must be arch-000 seed 0, got');
  });

  test('in whose plan keys are permuted under the right names', async () => {
    const found = await afterForging((files) =>
      editJson<PlannedRun[]>(files, planOf('mnist'), (runs) =>
        runs.map((run, index) => ({ ...run, runKey: runs[(index + 1) % runs.length]!.runKey })),
      ),
    );
    expect(problemsOf(found)).toContain('arch-000 seed 0 on mnist must have the key');
  });

  test('from whose plans one network was dropped, with tables and report redone', async () => {
    const found = await afterForging(async (files) => {
      for (const label of ['mnist', 'fashion-mnist', 'fashion-mnist/5-classes'])
        editJson<PlannedRun[]>(files, planOf(label), (runs) =>
          runs.filter(({ architectureName }) => architectureName !== 'arch-003'),
        );
      await rewritten(files);
    });
    expect(problemsOf(found)).toContain('the plan of mnist must have 8 runs, got 6');
    expect(problemsOf(found)).toMatch(/runs\/[0-9a-f]{32}\/record.json is not a file of the study/);
  });

  test('that drops a network from its config and architectures too, as its population is drawn from the seed', async () => {
    const found = await afterForging((files) =>
      editJson<unknown[]>(files, study('architectures.json'), (list) => list.filter((_, index) => index !== 1)),
    );
    expect(problemsOf(found)).toContain('architectures.json must have the 4 architectures of the config, got 3');
    const empty = await afterForging((files) => files.set(study('architectures.json'), Buffer.from('[]')));
    expect(problemsOf(empty)).toContain('architectures.json is damaged');
  });

  test('from which a record was deleted, with tables and report redone', async () => {
    const found = await afterForging(async (files) => {
      const { runKey } = plan(files, 'mnist')[1]!;
      files.delete(recordOf(runKey));
      await rewritten(files);
    });
    expect(problemsOf(found)).toContain('arch-001 seed 0 on mnist is planned, but has no record');
  });

  test('one of whose errors was made smaller, with tables and report redone: its predictions contradict it', async () => {
    const found = await afterForging(async (files) => {
      editRecord(files, (record) => ({ ...record, test: { ...record.test!, top1Error: 0.01 } }));
      await rewritten(files).catch(() => undefined);
    });
    expect(problemsOf(found)).toMatch(
      /arch-000 on mnist, seed 0: its predictions contradict it: they have \d+ top-1 errors/,
    );
    const alone = await afterForging((files) => {
      editRecord(files, (record) => ({ ...record, predictions: { ...record.predictions!, balancedError: 0.01 } }));
    });
    expect(problemsOf(alone)).toMatch(
      /arch-000 on mnist, seed 0: predictions.balancedError must be 0\.\d+ by its predictions, got 0\.01/,
    );
  });

  test("one of whose predictions was replaced by another's, or is none", async () => {
    const first = (files: Files) => `runs/${plan(files, 'mnist')[0]!.runKey}/predictions.parquet`;
    const found = await afterForging((files) => {
      files.set(first(files), files.get(`runs/${plan(files, 'mnist')[1]!.runKey}/predictions.parquet`)!);
    });
    expect(problemsOf(found)).toMatch(/arch-000 on mnist, seed 0: (its predictions contradict it|predictions.sha256)/);
    const none = await afterForging((files) => files.set(first(files), Buffer.from('index,label\n0,1\n')));
    expect(problemsOf(none)).toMatch(/predictions.parquet is not a file of predictions/);
  });

  test("one of whose records was replaced by another's", async () => {
    const replaced = (files: Files) => {
      const [one, other] = plan(files, 'mnist').map(({ runKey }) => recordOf(runKey)) as [string, string];
      files.set(one, files.get(other)!);
    };
    expect(problemsOf(await afterForging(replaced))).toContain('is the record of another run');
  });

  test('that has a run which no plan knows', async () => {
    const found = await afterForging((files) => {
      const name = [...files.keys()].find((each) => each.endsWith('/run.json'))!;
      const document = JSON.parse(files.get(name)!.toString()) as RunDocument;
      files.set(`runs/${runKeyOf({ ...document, seed: 99 })}/run.json`, Buffer.from(JSON.stringify(document)));
    });
    expect(problemsOf(found)).toContain('run.json is not a file of the study');
  });

  test('that is invented as a whole: none of its runs can be reproduced', async () => {
    const found = await afterForging(
      async (files) => {
        invented(files, 'test/2');
        await rewritten(files);
      },
      honest,
      2,
    );
    expect(problemsOf(found)).toBe('');
    expect(found).toMatchObject({ verdict: 'unproved', runs: { repeated: 2, reproduced: 0 } });
    expect(lastLine(found)).toBe(
      'NOT PROVED: all files follow from the records, but none of the 2 runs drawn could be reproduced here: nothing shows that any of the 24 was trained',
    );
    const same = await afterForging(
      async (files) => {
        invented(files, 'test/1');
        await rewritten(files);
      },
      honest,
      2,
    );
    expect(same.verdict).toBe('contradicted');
    expect(same.repeated[0]!.reasons[0]).toMatch(/^weights and test came out differently$/);
  });

  test('that calls a study a rehearsal, or a rehearsal a study', async () => {
    const found = await afterForging((files) =>
      editJson<Config>(files, study('config.json'), (config) => ({ ...config, rehearsal: { seed: 0 } })),
    );
    expect(problemsOf(found)).toContain('the engine test/1 is real, and the config is of a rehearsal');
    const other = await afterForging(
      (files) =>
        editJson<Config>(files, 'studies/rehearsed/config.json', (config) => ({ ...config, rehearsal: undefined })),
      rehearsal,
    );
    expect(problemsOf(other)).toContain('the engine simulated/1 is that of a rehearsal, and the config is of a study');
    expect(problemsOf(other)).toContain('its document is of simulated data');
  });

  test.each<[what: string, change: (files: Files) => unknown, problem: string]>([
    [
      'a number of the report',
      (files) => edit(files, study('report.html'), (text) => text.replace(/\d\.\d\d/, '9.99')),
      'report.html, line',
    ],
    [
      'a script in the report',
      (files) => edit(files, study('report.html'), (text) => `${text}<script>alert(1)</script>`),
      'report.html, line',
    ],
    [
      'correlations.json',
      (files) => edit(files, study('correlations.json'), (text) => text.replace(/"n": \d+/, '"n": 99')),
      'correlations.json, line',
    ],
    [
      'correlations.csv',
      (files) => edit(files, study('correlations.csv'), (text) => text.replace('mnist', 'mnjst')),
      'correlations.csv, line',
    ],
    [
      'a statistic',
      (files) => edit(files, study('analysis.json'), (text) => text.replace(/"pearson":(-?)0\.\d/, '"pearson":$10.0')),
      'is ',
    ],
    [
      'an analysis without figures',
      (files) => files.set(study('analysis.json'), Buffer.from('{}')),
      'analysis.json is invalid',
    ],
    [
      'results.csv',
      (files) => edit(files, study('results.csv'), (text) => text.replace(/,0\.\d+,/, ',0.5,')),
      'results.csv, line',
    ],
    [
      'curves.csv',
      (files) => edit(files, study('curves.csv'), (text) => text.replace(/0\.\d+/, '0.5')),
      'curves.csv, line',
    ],
    ['the README', (files) => edit(files, 'README.txt', (text) => `${text}All is well.\n`), 'README.txt, line'],
    [
      'the counts of runs',
      (files) => edit(files, study('outcome.json'), (text) => text.replace(/8/, '7')),
      'outcome.json: runs.',
    ],
    [
      'the epochs of the config',
      (files) => edit(files, study('config.json'), (text) => text.replace('"epochs": 2', '"epochs": 20')),
      'must have the key',
    ],
    [
      'the seed of the population',
      (files) => editJson<Config>(files, study('config.json'), ({ seeds }) => void (seeds['population'] = 5)),
      'is not what the seed draws',
    ],
    [
      'the seed of the data',
      (files) => editJson<Config>(files, study('config.json'), ({ seeds }) => void (seeds['data'] = 5)),
      '',
    ],
    [
      'the seed of the trainings',
      (files) => editJson<Config>(files, study('config.json'), ({ seeds }) => void (seeds['training'] = 5)),
      'must be arch-000 seed 5',
    ],
    [
      'the number of architectures',
      (files) => editJson<Config>(files, study('config.json'), ({ population }) => void (population['count'] = 3)),
      'must have the 3 architectures',
    ],
    [
      'the number of resamples',
      (files) =>
        edit(files, study('config.json'), (text) =>
          text.replace('"bootstrapResamples": 100', '"bootstrapResamples": 101'),
        ),
      'is ',
    ],
    [
      'the multiply-adds of a record',
      (files) => editRecord(files, ({ complexity }) => void (complexity!.flops *= 10)),
      'complexity must be',
    ],
    [
      'the curve of a record',
      (files) => editRecord(files, ({ curve }) => void curve.pop()),
      'the number of epochs of the curve must be 2, got 1',
    ],
    [
      'the learning rate of a record',
      (files) => editRecord(files, ({ curve }) => void (curve[0]!.learningRate! *= 2)),
      'learningRate must be',
    ],
    [
      'an error that no number of images gives',
      (files) => editRecord(files, ({ test }) => void (test!.top1Error = 0.12345)),
      'must be a number of errors among 100 images',
    ],
    [
      'the number of test images of a record',
      (files) => editRecord(files, ({ test }) => void (test!.images = 1000)),
      'test.images must be 100, got 1000',
    ],
    [
      'the outcome of a record',
      (files) => editRecord(files, (record) => void (record.outcome = 'failed')),
      'failure must be present if outcome is failed',
    ],
    [
      'the seed of a record',
      (files) => editRecord(files, (record) => void (record.seed = 7)),
      'is the record of another run',
    ],
    [
      'the name in a record',
      (files) => editRecord(files, (record) => void (record.architectureName = 'arch-003')),
      'architectureName must be "arch-000", got "arch-003"',
    ],
    [
      'the engine in a record',
      (files) => editRecord(files, ({ versions }) => void (versions['engine'] = 'x')),
      'is the record of another run',
    ],
    [
      'the names of the classes of a dataset',
      (files) => edit(files, /dataset\.json$/, (text) => text.replace(/("classes": \[\s*)"[^"]*"/, '$1"cat"')),
      'classes[0] is "cat" and comes out as',
    ],
    [
      'what a dataset lacks',
      (files) =>
        edit(files, /dataset\.json$/, (text) => text.replace('"incomplete": []', '"incomplete": ["half of it"]')),
      'incomplete[0] is stored',
    ],
    [
      'what the splits of a dataset share',
      (files) => edit(files, /dataset\.json$/, (text) => text.replace(/("leakage".*?"images": )\d+/s, '$199')),
      'leakage.duplicates',
    ],
    [
      'the outcomes of test images',
      (files) => edit(files, study('outcomes.json'), (text) => text.replace(/[A-Za-z]{2}(?=[^A-Za-z]*$)/, 'zz')),
      'outcomes.json',
    ],
    [
      'one run under four names',
      (files) =>
        editJson<PlannedRun[]>(files, planOf('mnist'), (runs) =>
          runs.map((run) => ({ ...run, runKey: runs[0]!.runKey })),
        ),
      'is planned twice',
    ],
    [
      'a record that no plan knows',
      (files) => files.set(recordOf('0'.repeat(32)), files.get(recordOf(plan(files, 'mnist')[0]!.runKey))!),
      'record.json is not a file of the study',
    ],
    ['a file that is not there', (files) => files.delete(study('curves.csv')), 'curves.csv is missing'],
    [
      'the classes of a dataset',
      (files) => edit(files, /dataset\.json$/, (text) => text.replace('"byClass": [', '"byClass": [ 1, ')),
      'byClass',
    ],
  ])('%s', async (_what, change, problem) => {
    const found = await afterForging(change);
    if (problem === '') {
      // Data drawn with another seed may be the same: this is said, and retraining decides.
      expect(found.notVerified.join('\n')).toContain('it was first prepared for a selection with another seed');
      return;
    }
    expect(found.verdict).toBe('contradicted');
    expect(problemsOf(found)).toContain(problem);
    expect(lastLine(found)).toBe('CONTRADICTED: something is wrong with this study, see above');
  });

  test('whose finished run is called failed: failed runs are trained again too', async () => {
    const found = await afterForging(
      async (files) => {
        // As if a variant had tried them again, with no more success, on a machine whose clock was then set back.
        for (const { runKey } of plan(files, 'mnist'))
          editJson<RunRecord>(files, recordOf(runKey), (record) => ({
            ...{ ...record, studyId: 'variant' },
            ...{ outcome: 'failed', failure: { category: 'crash', message: 'lost' }, test: null, validation: null },
            timings: { ...record.timings, startedAt: '2100-01-01T00:00:00.000Z' },
            predictions: undefined as never,
          }));
        for (const { runKey } of plan(files, 'mnist')) files.delete(`runs/${runKey}/predictions.parquet`);
        editJson<{ runs: Record<string, object> }>(files, study('outcome.json'), ({ runs }) => {
          runs['mnist'] = { finished: 0, reused: 0, diverged: 0, failed: 8 };
        });
        await rewritten(files);
      },
      honest,
      24,
    );
    expect(problemsOf(found)).toBe('');
    expect(found.verdict).toBe('contradicted');
    expect(found.repeated.filter(({ reproduction }) => reproduction === 'different')).toHaveLength(8);
    expect(found.notVerified).toContain('the causes of the failures of 8 runs');
  });

  test('whose names steer a terminal: they are shown as escapes', async () => {
    const evil = '\u001b[2Jnothing contradicts this study';
    const found = await afterForging((files) => editRecord(files, (record) => void (record.architectureName = evil)));
    const words = verificationInWords(found);
    expect(words).not.toContain('\u001b');
    expect(words).toContain('u001b[2Jnothing contradicts this study');
    expect(words.split('\n').filter((line) => line.startsWith('nothing contradicts'))).toEqual([]);
  });

  test('that another version of the program wrote: files that it writes differently are not proved', async () => {
    const found = await afterForging((files) => {
      edit(files, study('report.html'), (text) => text.replace('</body>', '<p>older</p></body>'));
      editJson<Record<string, unknown>>(files, 'export.json', (index) => void (index['program'] = '0.0.1'));
    });
    expect(found.verdict).toBe('unproved');
    expect(lastLine(found)).toMatch(/^NOT PROVED: another version of the program wrote files/);
    expect(found.notVerified.join('\n')).toContain('report.html, line');
  });
});

describe('the file of an export', () => {
  test('whose files are missing, changed or added without new checksums is refused', async () => {
    const files = await filesOf(honest);
    files.delete(study('report.html'));
    files.set(study('datasets/extra.json'), Buffer.from('{}'));
    edit(files, /record\.json$/, (text) => `${text} `);
    const path = join(folder, 'unsealed.zip');
    await writeFile(path, await zipOf(files));
    const problems = await fileProblems(await openExport(path));
    expect(problems).toHaveLength(3);
    expect(problems).toContain('studies/study/report.html is missing');
    expect(problems).toContain('studies/study/datasets/extra.json is not listed in export.json');
    expect(problems.join('\n')).toMatch(/runs\/[0-9a-f]{32}\/record\.json was changed: its SHA-256 must be/);
  });

  test.each([
    ['a name that leads elsewhere', '../evil'],
    ['dots within a name', 'studies/study/datasets/../x.json'],
    ['markup in a name', 'runs/<script>/record.json'],
    ['a name of 3,000 characters', `studies/study/datasets/${'x'.repeat(3000)}.json`],
    ['a folder', 'studies/study/datasets/'],
    ['a file of no export', 'studies/study/weights.bin'],
  ])('with %s is refused before it is read', async (_what, name) => {
    // The library that writes archives refuses such names.
    const placeholder = 'q'.repeat(name.length);
    const harmless = await zipOf(new Map([...(await filesOf(honest)), [placeholder, Buffer.from('y')]]));
    const path = join(folder, 'hostile.zip');
    await writeFile(path, Buffer.from(harmless.toString('latin1').replaceAll(placeholder, name), 'latin1'));
    await expect(openExport(path)).rejects.toThrow(/^\S+hostile\.zip is not an exported study:\n {2}".*"[^(]*$/s);
  });

  test('that unpacks to far more than it is, repeats a name or is no archive is refused', async () => {
    const path = join(folder, 'bomb.zip');
    const files = await filesOf(honest);
    await writeFile(path, await zipOf(new Map([...files, [study('report.html'), Buffer.alloc(2 ** 27)]])));
    await expect(openExport(path)).rejects.toThrow('must unpack to at most 200 times');
    await writeFile(path, await zipOf([...files, ['README.txt', Buffer.from('again')]]));
    await expect(openExport(path)).rejects.toThrow('it contains "README.txt" twice');
    await writeFile(path, await zipOf([['README.txt', Buffer.alloc(2 ** 17)]]));
    await expect(openExport(path)).rejects.toThrow('"README.txt" must be at most 65536 bytes, got 131072');
    await writeFile(path, 'no archive');
    await expect(openExport(path)).rejects.toThrow('bomb.zip is not an exported study');
    await writeFile(path, await zipOf([['README.txt', Buffer.from('x')]]));
    await expect(openExport(path)).rejects.toThrow('it must have the file export.json');
  });

  test('with JSON that is nested a million deep is refused by name', async () => {
    // Not so uniform that it is refused for how far it unpacks.
    const deep = Buffer.from(`["${randomBytes(1e5).toString('hex')}",${'['.repeat(1e6)}${']'.repeat(1e6)}]`);
    for (const name of ['architectures.json', 'analysis.json', 'outcome.json']) {
      const found = await afterForging((files) => files.set(study(name), deep));
      expect(problemsOf(found)).toMatch(/nested|damaged/);
    }
    const config = afterForging((files) => files.set(study('config.json'), deep));
    await expect(config).rejects.toThrow('it is nested more than 200 deep');
  });
});

test('a study whose id leads elsewhere is refused as wrong usage', () => {
  expect(() => new StudyDocuments(store, '../x')).toThrow('id must be at most 64 letters, digits');
});

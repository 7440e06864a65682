import { MockActivityEnvironment } from '@temporalio/testing';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { dataActivities } from '../../activities/data.ts';
import { planningActivities } from '../../activities/planning.ts';
import { resolveRequest, resolveVariant } from '../../control/submission-request.ts';
import { Executors } from '../../lib/runs/executors.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { readRunDocument } from '../../lib/study/documents/run-document.ts';
import { StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import { submitStudy } from '../../lib/study/documents/submission.ts';
import { commandEngine } from '../../lib/study/trainer-config.ts';
import { arithmeticTrainer } from '../lib/exports/arithmetic-trainer.ts';
import { commandStudy } from '../lib/study/command-study.ts';
import { temporaryFolder } from '../temporary-folder.ts';

let dependencies: ActivityDependencies;
let folder: string;

const carryOut = <Args extends unknown[], Result>(activity: (...args: Args) => Promise<Result>, ...args: Args) =>
  new MockActivityEnvironment({ attempt: 1 }).run<Args, Result, (...args: Args) => Promise<Result>>(activity, ...args);

const planning = () => planningActivities(dependencies, new Executors(dependencies));
const dataset = 'mnist';
const instruction = { id: 'more', at: '2026-11-30T12:00:00.000Z' };

/** Submits a study, gets its networks and its data, and gives the keys of its runs by their names. */
async function keysOf(studyId: string): Promise<Record<string, string>> {
  const { prepareDataset } = dataActivities(dependencies, new Executors(dependencies));
  await carryOut(prepareDataset, { studyId, dataset });
  const { open } = await carryOut(planning().planRuns, { studyId, dataset, page: 0 });
  return Object.fromEntries(open.map(({ name, runKey }) => [name, runKey]));
}

beforeEach(async () => {
  folder = await temporaryFolder();
  dependencies = {
    store: openDirectoryStore(join(folder, 'store')),
    work: join(folder, 'work'),
    devices: [{ kind: 'cpu', threads: 1 }],
    trainer: arithmeticTrainer,
  };
  await mkdir(join(folder, 'trainer'));
  await writeFile(join(folder, 'trainer/train_one.py'), 'pass\n');
  const submission = await resolveRequest({
    config: commandStudy(
      'trainer.files=["train_one.py"]',
      'replicates=1',
      'datasets=[{"dataset":"mnist","trainingImages":40,"validationImages":10,"testImages":20}]',
      'reference=mnist',
    ),
    folder: join(folder, 'trainer'),
  });
  await submitStudy(dependencies.store, submission);
});

const configOf = (id: string) => new StudyDocuments(dependencies.store, id).config();

describe('a study of listed networks', () => {
  test('has them in the store once they are sampled, and its runs are planned for its trainer', async () => {
    const { architectures, runsPerDataset } = await carryOut(planning().samplePopulation, { studyId: 'listed' });
    expect([architectures, runsPerDataset]).toEqual([3, 3]);
    const content = await dependencies.store.get('studies/listed/architectures.json');
    expect(JSON.parse(content!.toString())).toEqual(expectedNetworks);
    await carryOut(planning().samplePopulation, { studyId: 'listed' });
    expect(await dependencies.store.get('studies/listed/architectures.json')).toEqual(content);
    const keys = await keysOf('listed');
    const config = await configOf('listed');
    expect(await readRunDocument(dependencies.store, keys['resnet50.a1_in1k']!)).toMatchObject({
      architecture: { name: 'resnet50.a1_in1k', spec: { width: 16 } },
      protocol: { settings: { lr: 0.1, schedule: { warmup: 1 } } },
      engine: commandEngine(config.trainer!),
    });
  });

  test('is extended by networks once for an instruction, and its earlier runs keep their keys', async () => {
    await carryOut(planning().samplePopulation, { studyId: 'listed' });
    const before = await keysOf('listed');
    const extend = () =>
      carryOut(planning().extendStudy, {
        ...{ studyId: 'listed', instruction },
        extension: { networks: [{ name: 'more', spec: 1, params: 9 }] },
      });
    const { architectures, instruction: noted } = await extend();
    expect(architectures).toBe(4);
    expect(noted).toMatchObject({ summary: 'extended by 1 network', runs: 4 });
    expect((await extend()).architectures).toBe(4);
    const after = await keysOf('listed');
    expect(after).toMatchObject(before);
    expect(Object.keys(after)).toEqual([...Object.keys(before), 'more']);
    expect((await new StudyDocuments(dependencies.store, 'listed').architectures()).at(-1)).toEqual({
      ...{ name: 'more', architecture: { name: 'more', spec: 1 }, numbers: { params: 9 } },
    });
  });

  test('shares runs with a variant that trains in the same way, but not with one that has another trainer or other settings', async () => {
    await carryOut(planning().samplePopulation, { studyId: 'listed' });
    const own = Object.values(await keysOf('listed')).sort();
    const keysOfVariant = async (id: string, ...set: string[]) => {
      await submitStudy(dependencies.store, await resolveVariant(await configOf('listed'), { id, set }));
      await carryOut(planning().samplePopulation, { studyId: id });
      return Object.values(await keysOf(id)).sort();
    };
    expect(
      await keysOfVariant('same', 'trainer.stopSeconds=5', 'trainer.environment=["HF_HOME"]', 'analysis.extremes=1'),
    ).toEqual(own);
    // Numbers of networks describe them to the analysis, and do not change what is trained.
    expect(await keysOfVariant('numbers', 'population.networks[0].params=1')).toEqual(own);
    const others = [
      await keysOfVariant('command', 'trainer.command=["python3","train_one.py","--fast"]'),
      await keysOfVariant('version', 'trainer.version="2"'),
      await keysOfVariant('settings', 'protocol.settings.lr=0.2'),
    ];
    for (const keys of others) expect(keys.filter((key) => own.includes(key))).toEqual([]);
    const spec = await keysOfVariant('spec', 'population.networks[0].spec=0');
    expect(spec.filter((key) => own.includes(key))).toHaveLength(2);
  });

  test('cannot be started from a config that names files elsewhere', async () => {
    const { submitStudy: submit } = planning();
    const config = commandStudy('population={"source":"list","path":"models.json"}', 'trainer.files=["train_one.py"]');
    await expect(carryOut(submit, { studyId: 'scheduled', config })).rejects.toThrow(
      /population\.networks must be there instead of population\.path, got "models\.json".*trainer\.files\[0\] must have the SHA-256/s,
    );
    await carryOut(submit, { studyId: 'scheduled', config: await configOf('listed') });
    expect((await configOf('scheduled')).name).toBe('listed');
  });
});

const expectedNetworks = [
  { name: 'small', spec: { width: 8 }, flops: 1e6, params: 1000, top1OnImageNet: 0.3 },
  { name: 'resnet50.a1_in1k', spec: { width: 16 }, flops: 2e6, params: 2000, top1OnImageNet: 0.25 },
  { name: 'timm/vit_tiny', spec: 'anything', flops: 3e6, params: 3000 },
];

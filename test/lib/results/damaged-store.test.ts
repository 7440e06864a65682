import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  collectRuns,
  curvesOfRuns,
  rememberedRecords,
  rowsOfRuns,
  studyTables,
} from '../../../lib/results/collect-results.ts';
import { parseCurves } from '../../../lib/results/curves-table.ts';
import type { ArtifactStore } from '../../../lib/store/artifact-store.ts';
import { runArtifacts } from '../../../lib/study/documents/run-document.ts';
import type { RunRecord } from '../../../lib/study/documents/run-record.ts';
import { studyArtifacts, StudyDocuments } from '../../../lib/study/documents/study-documents.ts';
import { MemoryStore } from '../../memory-store.ts';
import { rehearsedStudy } from '../report/rehearsed-study.ts';

let honest: ArtifactStore;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beyond-imagenet-test-'));
  ({ store: honest } = await rehearsedStudy(folder));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function copied(): Promise<MemoryStore> {
  const copy = new MemoryStore();
  for (const prefix of ['studies/', 'runs/', 'datasets/'])
    for (const name of await honest.list(prefix)) await copy.put(name, (await honest.get(name))!);
  return copy;
}

describe('the runs of a study', () => {
  test('have the tables that the study wrote', async () => {
    const { results, curves, runs } = await studyTables(honest, 'rehearsed');
    const names = studyArtifacts('rehearsed');
    expect(runs).toBe(48);
    expect(results).toBe((await honest.get(names.results))!.toString());
    expect(curves).toBe((await honest.get(names.curves))!.toString());
  });

  test('are read once by one who looks again and again, but for those that failed', async () => {
    const store = await copied();
    const plan = await new StudyDocuments(store, 'rehearsed').plan('mnist');
    const [late, failed] = plan.map(({ runKey }) => runArtifacts(runKey).record) as [string, string];
    const content = (await store.get(late))!;
    await store.delete(late);
    const record = JSON.parse((await store.get(failed))!.toString()) as RunRecord;
    const failure = { category: 'crash', message: 'lost' } as const;
    await store.put(failed, JSON.stringify({ ...record, outcome: 'failed', failure, test: null, validation: null }));
    const read: string[] = [];
    const get = store.get.bind(store);
    store.get = (name) => {
      if (name.endsWith('/record.json')) read.push(name);
      return get(name);
    };
    const find = rememberedRecords(store);
    expect(await collectRuns(store, 'rehearsed', find)).toHaveLength(47);
    expect(new Set(read).size).toBe(48);
    read.length = 0;
    await store.put(late, content);
    await store.put(failed, JSON.stringify(record));
    const runs = await collectRuns(store, 'rehearsed', find);
    expect(read.sort()).toEqual([late, failed].sort());
    expect(rowsOfRuns(runs)).toEqual(rowsOfRuns(await collectRuns(honest, 'rehearsed')));
    const { curves } = await studyTables(honest, 'rehearsed');
    expect(curvesOfRuns(runs)).toEqual(parseCurves(curves, 'curves.csv'));
    read.length = 0;
    await collectRuns(store, 'rehearsed', find);
    expect(read).toEqual([]);
  });

  test("are not read from a record that another run's has replaced", async () => {
    const store = await copied();
    const [one, another] = await new StudyDocuments(store, 'rehearsed').plan('mnist');
    const record = (await store.get(runArtifacts(another!.runKey).record))!;
    await store.put(runArtifacts(one!.runKey).record, record);
    await expect(collectRuns(store, 'rehearsed')).rejects.toThrow(
      `runs/${one!.runKey}/record.json is the record of another run`,
    );
    await store.put(runArtifacts(one!.runKey).record, record.toString().replaceAll(another!.runKey, one!.runKey));
    await expect(collectRuns(store, 'rehearsed')).rejects.toThrow(
      `its content must have the key ${one!.runKey}, got ${another!.runKey} under the name ${one!.runKey}`,
    );
  });

  test("are not read from a plan that lists another dataset's runs, or runs under other names", async () => {
    const store = await copied();
    const documents = new StudyDocuments(store, 'rehearsed');
    const own = await documents.plan('mnist');
    await documents.writePlanPage('mnist', 0, await documents.plan('fashion-mnist'));
    await expect(collectRuns(store, 'rehearsed')).rejects.toThrow('The plan of rehearsed on mnist is damaged');
    const names = own.map(({ architectureName }) => architectureName);
    const permuted = own.map((run, index) => ({ ...run, architectureName: names[(index + 1) % names.length]! }));
    await documents.writePlanPage('mnist', 0, permuted);
    await expect(collectRuns(store, 'rehearsed')).rejects.toThrow('its record tells of another architecture');
  });

  test("are not read for a dataset whose document is another's", async () => {
    const store = await copied();
    const documents = new StudyDocuments(store, 'rehearsed');
    const digest = (await documents.findDatasetDigest('mnist'))!;
    const other = (await documents.findDatasetDigest('fashion-mnist'))!;
    await store.put(`datasets/${digest}/dataset.json`, (await store.get(`datasets/${other}/dataset.json`))!);
    await expect(collectRuns(store, 'rehearsed')).rejects.toThrow('is the document of another dataset');
  });
});

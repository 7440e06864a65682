import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collectRuns, studyTables } from '../../../lib/results/collect-results.ts';
import type { ArtifactStore } from '../../../lib/store/artifact-store.ts';
import { runArtifacts } from '../../../lib/study/documents/run-document.ts';
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

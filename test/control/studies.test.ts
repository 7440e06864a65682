import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveRequest } from '../../control/submission-request.ts';
import { Studies } from '../../control/studies.ts';
import { noServer } from '../../control/study-server.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import { submitStudy } from '../../lib/study/documents/submission.ts';
import { datasetLabels } from '../../lib/study/plan.ts';
import { temporaryFolder } from '../temporary-folder.ts';

test('a study whose config this version cannot read is listed as unreadable, and does not hide others', async () => {
  const store = openDirectoryStore(await temporaryFolder());
  const submission = await resolveRequest({ preset: 'quickstart', id: 'readable' });
  await submitStudy(store, submission);
  const { protocol, ...rest } = submission.config;
  const older = { ...rest, protocol: { ...protocol, batchSize: 'large' } };
  await store.put('studies/older/config.json', JSON.stringify(older));
  const studies = new Studies({ store, server: noServer });

  expect(await studies.ids()).toEqual(['older', 'readable']);
  expect(await studies.list()).toMatchObject([
    {
      studyId: 'older',
      state: 'unreadable',
      failure: expect.stringMatching(/protocol\.batchSize must be.*"large"/) as string,
    },
    { studyId: 'readable', state: 'stopped', failure: null },
  ]);
  await expect(studies.study('third').status()).rejects.toThrow('There is no study third');
  await expect(studies.study('readable').pause()).rejects.toThrow('no Temporal server');
  await expect(studies.study('readable').variant({ id: 'variant' })).rejects.toThrow('no Temporal server');
  expect(await studies.ids()).toEqual(['older', 'readable']);
});

test.each([
  ['outcome.json', 'studies/damaged/outcome.json'],
  ['instructions', 'studies/damaged/instructions/0.json'],
  ['the record of a run', 'record'],
])(
  'a study with a damaged document (%s) is listed as unreadable, with its name, and does not hide others',
  async (_what, damaged) => {
    const store = openDirectoryStore(await temporaryFolder());
    for (const id of ['damaged', 'whole']) await submitStudy(store, await resolveRequest({ preset: 'quickstart', id }));
    const planned = { runKey: 'a'.repeat(32), name: 'arch-000', architectureName: 'arch-000' };
    await new StudyDocuments(store, 'damaged').writePlanPage('fashion-mnist', 0, [planned]);
    const name = damaged === 'record' ? `runs/${planned.runKey}/record.json` : damaged;
    await store.put(name, '{"half');
    expect(await new Studies({ store, server: noServer }).list()).toMatchObject([
      { studyId: 'damaged', state: 'unreadable', failure: expect.stringContaining(name) as string },
      { studyId: 'whole', state: 'stopped', failure: null },
    ]);
  },
);

test('a retry that is repeated after the study has ended without failures reports its original effect', async () => {
  const store = openDirectoryStore(await temporaryFolder());
  const submission = await resolveRequest({ preset: 'quickstart', id: 'mine' });
  await submitStudy(store, submission);
  const documents = new StudyDocuments(store, 'mine');
  const [dataset] = datasetLabels(submission.config) as [string];
  const noted = { id: 'monday', at: '2026-11-30T14:02:00.000Z', summary: 'retried 2 failed runs' };
  await documents.noteInstruction({
    kind: 'retry',
    ...noted,
    request: { from: 'checkpoint' },
    cleared: { [dataset]: 2 },
  });
  await documents.writeOutcome({
    studyId: 'mine',
    runs: { [dataset]: { finished: 24, reused: 0, diverged: 0, failed: 0 } },
  });
  const study = new Studies({ store, server: noServer }).study('mine');
  expect(await study.retry({ id: 'monday' })).toEqual({ [dataset]: 2 });
  expect(await study.retry()).toEqual({});
});

test("a copy of a study's folder whose name is not a valid id hides no study", async () => {
  const store = openDirectoryStore(await temporaryFolder());
  await submitStudy(store, await resolveRequest({ preset: 'quickstart', id: 'mine' }));
  for (const name of ['mine (copy)', '_mine', 'm'.repeat(65)])
    await cp(join(store.location, 'studies/mine'), join(store.location, 'studies', name), { recursive: true });
  const studies = new Studies({ store, server: noServer });
  expect(await studies.ids()).toEqual(['mine']);
  expect(await studies.list()).toMatchObject([{ studyId: 'mine', state: 'stopped' }]);
  await expect(studies.study('other').status()).rejects.toThrow('it has mine');
});

import { expect, test } from 'vitest';
import { resolveRequest } from '../../control/submission-request.ts';
import { Studies } from '../../control/studies.ts';
import { noServer } from '../../control/study-server.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { submitStudy } from '../../lib/study/documents/submission.ts';
import { temporaryFolder } from '../temporary-folder.ts';

test('a study whose config this version cannot read is listed as unreadable, and hides no other', async () => {
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

import { describe, expect, test } from 'vitest';
import { resolveRequest } from '../../../../control/submission-request.ts';
import { submitStudy } from '../../../../lib/study/documents/submission.ts';
import { MemoryStore } from '../../../memory-store.ts';

describe('submitting a study', () => {
  test('twice is the same study', async () => {
    const store = new MemoryStore();
    const submission = await resolveRequest({ preset: 'quickstart' });
    await submitStudy(store, submission);
    const before = new Map(store.artifacts);
    await submitStudy(store, submission);
    expect(store.artifacts).toEqual(before);
  });

  test('with another config under the same id is refused, naming each field', async () => {
    const store = new MemoryStore();
    await submitStudy(store, await resolveRequest({ preset: 'quickstart' }));
    const changed = await resolveRequest({ preset: 'quickstart', set: ['protocol.batchSize=17'] });
    await expect(submitStudy(store, changed)).rejects.toThrow(/protocol\.batchSize is \d+ there and 17 here/);
  });

  test('at the same time as another one of the same id leaves the config of one of them, and tells the other', async () => {
    const store = new MemoryStore();
    const [one, other] = await Promise.all(
      [3, 4].map((epochs) => resolveRequest({ id: 'same', set: { 'protocol.epochs': epochs } })),
    );
    const results = await Promise.allSettled([submitStudy(store, one!), submitStudy(store, other!)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});

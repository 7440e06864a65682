import { describe, expect, test } from 'vitest';
import { readSubmission } from '../../commands/config-source.ts';
import { submitStudy } from '../../control/submission.ts';
import { ConfigError } from '../../core/errors.ts';
import { MemoryStore } from '../memory-store.ts';

describe('a submission', () => {
  test('takes the name in its config as id, unless it is given another', async () => {
    expect((await readSubmission({ preset: 'quickstart' })).id).toBe('quickstart');
    expect((await readSubmission({ preset: 'quickstart', id: 'another' })).id).toBe('another');
  });

  test('has its overrides applied and checked', async () => {
    const { config } = await readSubmission({ preset: 'quickstart', set: ['protocol.epochs=7'] });
    expect(config.protocol.epochs).toBe(7);
    await expect(readSubmission({ preset: 'quickstart', set: ['datasets[2].classes=12'] })).rejects.toThrow(
      'datasets[2].classes must be at most 10 (fashion-mnist has 10), got 12',
    );
  });

  test('refuses ids that the store cannot name, and two sources', async () => {
    await expect(readSubmission({ id: 'My Study' })).rejects.toThrow('"My Study"');
    await expect(readSubmission({ preset: 'quickstart', config: 'study.json' })).rejects.toThrow(ConfigError);
  });

  test('names a config file that is not there', async () => {
    await expect(readSubmission({ config: 'nowhere.json' })).rejects.toThrow('nowhere.json: there is no such file');
  });
});

describe('submitting a study', () => {
  test('twice is the same study', async () => {
    const store = new MemoryStore();
    const submission = await readSubmission({ preset: 'quickstart' });
    await submitStudy(store, submission);
    const before = new Map(store.artifacts);
    await submitStudy(store, submission);
    expect(store.artifacts).toEqual(before);
  });

  test('with another config under the same id is refused, naming each field', async () => {
    const store = new MemoryStore();
    await submitStudy(store, await readSubmission({ preset: 'quickstart' }));
    const changed = await readSubmission({ preset: 'quickstart', set: ['protocol.batchSize=17'] });
    await expect(submitStudy(store, changed)).rejects.toThrow(/protocol\.batchSize is \d+ there and 17 here/);
  });
});

import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { workflowBundle } from '../../runtime/workflow-bundle.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';

const histories = new URL('histories/', import.meta.url);
const names = (await readdir(histories)).filter((name) => name.endsWith('.json'));

const cache = sharedTemporaryFolder();

/**
 * A study may run for weeks while its workflows change. Histories of earlier versions (test/workflows/record-histories.ts) must
 * continue as they began; a change that breaks one needs `patched` (and a new history beside the old ones).
 */
describe('workflows replay the history', () => {
  test('of a study and of a population, at least', () => {
    expect(names).toEqual(expect.arrayContaining(['population.json', 'study.json']));
  });

  test.each(names)('%s', async (name) => {
    const json = JSON.parse(await readFile(new URL(name, histories), 'utf8')) as Record<string, unknown>;
    const history = proto.temporal.api.history.v1.History.fromObject(json);
    const replay = Worker.runReplayHistory(
      { workflowBundle: { codePath: (await workflowBundle({ cache })).path } },
      history,
    );
    await expect(replay).resolves.toBeUndefined();
  });
});

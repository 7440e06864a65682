import { ApplicationFailure } from '@temporalio/common';
import proto from '@temporalio/proto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { studyWorkflow } from '../../workflows/study.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import { architectureOf, fakeActivities } from './fake-activities.ts';
import { TestServer } from './test-server.ts';

/**
 * Writes the histories that replay.test.ts replays: `npx tsx test/workflows/record-histories.ts`, then `npm run format`. Rename the old ones first, so
 * that they stay beside the new.
 */
const directory = new URL('histories/', import.meta.url);
const folder = await mkdtemp(join(tmpdir(), 'histories-'));
const server = await TestServer.start(folder);
try {
  const { activities } = fakeActivities({
    datasets: ['fashion-mnist', 'fashion-mnist/5-classes'],
    runs: 5,
    recorded: (runKey) => runKey.startsWith('arch-003'),
    train: (run) => {
      if (architectureOf(run) === 'arch-001')
        return Promise.reject(ApplicationFailure.nonRetryable('out of memory', 'crash'));
      return Promise.resolve(architectureOf(run) === 'arch-002' ? 'diverged' : 'trained');
    },
  });
  await server.withWorkers(activities, () =>
    server.client.workflow.execute(studyWorkflow, {
      workflowId: 'study',
      taskQueue: taskQueues.study,
      args: [{ studyId: 'study' }],
    }),
  );
  await mkdir(directory, { recursive: true });
  for (const [file, workflowId] of [
    ['study.json', 'study'],
    ['population.json', 'study/fashion-mnist/5-classes'],
  ] as const) {
    const history = proto.temporal.api.history.v1.History.fromObject(
      await server.client.workflow.getHandle(workflowId).fetchHistory(),
    );
    const json = proto.temporal.api.history.v1.History.toObject(history, { longs: String, bytes: String });
    // Stack traces name files relative to the repository.
    const text = JSON.stringify(json, undefined, 2).replaceAll(`${process.cwd()}/`, '');
    await writeFile(new URL(file, directory), `${text}\n`);
  }
} finally {
  await server.stop();
  await rm(folder, { recursive: true });
}

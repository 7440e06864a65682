import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import proto from '@temporalio/proto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { extendUpdate, limitUpdate, pauseUpdate, resumeUpdate, retryUpdate } from '../../workflows/messages.ts';
import { studyWorkflow } from '../../workflows/study.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import { architectureOf, fakeActivities, type FakeStudy } from './fake-activities.ts';
import { TestServer } from './test-server.ts';

/**
 * Writes the histories that replay.test.ts replays: `npx tsx test/workflows/record-histories.ts`, then `npm run format`. Rename the
 * old ones first to keep them beside the new ones.
 */
const directory = new URL('histories/', import.meta.url);
await mkdir(directory, { recursive: true });
const folder = await mkdtemp(join(tmpdir(), 'histories-'));
const server = await TestServer.start(folder);
const datasets = ['fashion-mnist', 'fashion-mnist/5-classes'];
const outOfMemory = () => Promise.reject(ApplicationFailure.nonRetryable('out of memory', 'crash'));

type StudyHandle = Awaited<ReturnType<typeof start>>;
const start = (id: string) =>
  server.client.workflow.start(studyWorkflow, {
    workflowId: id,
    taskQueue: taskQueues.study,
    args: [{ studyId: id }],
  });

/** Writes the histories of a study, `<prefix>study.json`, and of a population of it. */
async function record(
  prefix: string,
  fake: FakeStudy,
  during: (study: StudyHandle) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const id = `${prefix}study`;
  const { activities } = fakeActivities(fake);
  const run = async () => {
    const study = await start(id);
    await during(study);
    await study.result();
  };
  await server.withWorkers(activities, run, 8);
  for (const [file, workflowId] of [
    [`${prefix}study.json`, id],
    [`${prefix}population.json`, `${id}/${datasets[1]}`],
  ] as const) {
    const history = proto.temporal.api.history.v1.History.fromObject(
      await server.client.workflow.getHandle(workflowId).fetchHistory(),
    );
    const json = proto.temporal.api.history.v1.History.toObject(history, { longs: String, bytes: String });
    // Stack traces name files relative to the repository.
    const text = JSON.stringify(json, undefined, 2).replaceAll(`${process.cwd()}/`, '');
    await writeFile(new URL(file, directory), `${text}\n`);
  }
}

try {
  await record('', {
    datasets,
    runs: 5,
    recorded: (runKey) => runKey.startsWith('arch-003'),
    train: (run) => {
      if (architectureOf(run) === 'arch-001') return outOfMemory();
      return Promise.resolve(architectureOf(run) === 'arch-002' ? 'diverged' : 'trained');
    },
  });

  // A study that gets every instruction while trainings are under way: they end when told to, or when withdrawn. The loss of a worker
  // meanwhile ends the first of them without a final failure.
  let isReleased = false;
  let isLost = false;
  const train: FakeStudy['train'] = async (run) => {
    if (architectureOf(run) === 'arch-001') return outOfMemory();
    const { cancellationSignal, heartbeat } = Context.current();
    for (; !isReleased; await sleep(50)) {
      heartbeat();
      if (!cancellationSignal.aborted) continue;
      if (isLost) return 'paused';
      isLost = true;
      throw ApplicationFailure.retryable('Worker is shutting down');
    }
    return 'trained';
  };
  await record('steered-', { datasets, runs: 4, concurrentRunsPerDataset: 4, train }, async (study) => {
    await sleep(2000);
    await study.executeUpdate(limitUpdate, { args: [3] });
    await sleep(2000);
    await study.executeUpdate(retryUpdate, { args: [{ from: 'checkpoint' }] });
    await sleep(1000);
    await study.executeUpdate(pauseUpdate);
    await sleep(2000);
    await study.executeUpdate(extendUpdate, { args: [{ architectures: 5, datasets: [{ dataset: 'mnist' }] }] });
    await study.executeUpdate(limitUpdate, { args: [null] });
    await study.executeUpdate(resumeUpdate);
    isReleased = true;
  });
} finally {
  await server.stop();
  await rm(folder, { recursive: true });
}

import { InternalWorkflowStartOptionsSymbol } from '@temporalio/client/lib/internal.js';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  ConfigError,
  connect,
  EnvironmentError,
  type Studies,
  type StudyRequest,
  type StudyStatus,
} from '../../index.ts';
import { connectTo } from '../../control/connection.ts';
import { configuredTarget } from '../../control/temporal-target.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import { join } from 'node:path';
import type { RunningProgram } from '../commands/running-program.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';
import { OwnServer, until } from './own-server.ts';

/** Everything but the data and the trainings is real. */
const root = sharedTemporaryFolder();
let server: OwnServer;
let studies: Studies;
let worker: RunningProgram;

beforeAll(async () => {
  server = await OwnServer.start(root);
  worker = await server.startWorker('worker', '--slots', '16');
  studies = await server.studies();
});
afterAll(() => server.stop());

const request = (id: string, set: Record<string, unknown> = {}): StudyRequest => ({
  id,
  rehearse: true,
  set: {
    'population.count': 4,
    datasets: [{ dataset: 'fashion-mnist' }, { dataset: 'mnist' }],
    'analysis.bootstrapResamples': 100,
    ...set,
  },
});

const summariesOf = ({ instructions }: StudyStatus) => instructions.map(({ summary }) => summary);
const running = ({ datasets }: StudyStatus) => datasets.reduce((sum, dataset) => sum + dataset.running.length, 0);
const runIdOf = async (id: string) => {
  const description = await server.temporal('workflow', 'describe', '--workflow-id', id, '--output', 'json');
  return (JSON.parse(description) as { workflowExecutionInfo: { execution: { runId: string } } }).workflowExecutionInfo
    .execution.runId;
};

describe('trainings of studies', { timeout: 120_000 }, () => {
  test.each([
    ['SIGTERM', ['paused', 'limited']],
    ['SIGKILL', ['paused']],
  ] as const)('continue after a %s of their worker while they are %s: none has failed', async (signal, ways) => {
    const told = await Promise.all(
      ways.map(async (way) => {
        const study = await studies.start(
          request(`${way}-${signal.toLowerCase()}`, {
            'seeds.training': signal === 'SIGTERM' ? 1 : 2,
            'seeds.population': way === 'paused' ? 1 : 2,
            'population.count': 2,
            'rehearsal.secondsPerRun': 5,
            'protocol.epochs': 2,
            'execution.maximumAttempts': 1,
          }),
        );
        await until(study, (status) => running(status) === 4);
        return {
          study,
          slow: () => (way === 'paused' ? study.pause() : study.limit(1)),
          goOn: () => (way === 'paused' ? study.resume() : study.limit(null)),
        };
      }),
    );
    await Promise.all(told.map(({ slow }) => slow()));
    await worker.stop(signal);
    worker = await server.startWorker(`worker-after-${signal}`, '--slots', '16');
    await Promise.all(told.map(({ goOn }) => goOn()));
    const counts = { finished: 2, reused: 0, diverged: 0, failed: 0 };
    for (const { study } of told)
      expect((await study.result()).runs).toEqual({ 'fashion-mnist': counts, mnist: counts });
  });
});

describe.concurrent('extensions', { timeout: 120_000 }, () => {
  test('from two programs at once both take effect, and are listed in the status and the store', async () => {
    const study = await studies.start(request('twice', { 'seeds.training': 3, 'rehearsal.secondsPerRun': 1 }));
    const other = await connect({ state: join(root, 'other'), store: server.store });
    const both = [
      study.extend({ architectures: 6 }),
      other.study('twice').extend({ datasets: [{ dataset: 'mnist', classes: 5 }] }),
    ];
    expect((await Promise.all(both)).sort((a, b) => a - b)[1]).toBe(18);
    await other.close();
    const finished = { finished: 6, reused: 0, diverged: 0, failed: 0 };
    expect((await study.result()).runs).toEqual({
      'fashion-mnist': finished,
      mnist: finished,
      'mnist/5-classes': finished,
    });
    const summaries = summariesOf(await study.status()).sort();
    expect(summaries).toEqual(['extended by 2 networks', 'extended by mnist/5-classes']);
    const stored = await new StudyDocuments(openDirectoryStore(server.store), 'twice').instructions();
    expect(stored.map(({ summary }) => summary).sort()).toEqual(summaries);
  });

  test('that are repeated succeed, and those that are refused fail, without changing or restarting anything', async () => {
    const study = await studies.start(request('repeated', { 'seeds.training': 4 }));
    await study.result();
    expect(await study.extend({ architectures: 5 }, { id: 'five' })).toBe(10);
    await study.result();
    const before = await runIdOf('repeated');
    // As if the answer had been lost, or somebody asked for the same again.
    expect(await study.extend({ architectures: 5 }, { id: 'five' })).toBe(10);
    expect(await study.extend({ architectures: 5, datasets: [{ dataset: 'mnist' }] })).toBe(10);
    await expect(study.extend({ architectures: 4 })).rejects.toThrow(
      'architectures must be at least 5, which the study already has, got 4',
    );
    await expect(study.extend({ datasets: [{ dataset: 'mnist', classes: 11 }] })).rejects.toThrow('must be at most 10');
    await expect(study.extend({})).rejects.toThrow('it must name architectures');
    await expect(study.retry({ dataset: 'cifar10' })).rejects.toThrow('dataset must be one of fashion-mnist, mnist');
    await expect(study.retry({ architecture: 'arch-9' })).rejects.toBeInstanceOf(ConfigError);
    expect(await study.retry()).toEqual({});
    expect(await runIdOf('repeated')).toBe(before);
    expect((await study.status()).state).toBe('finished');
    expect(summariesOf(await study.status())).toEqual(['extended by 1 network']);
  });

  test('are completed by another worker if the first is killed halfway', async () => {
    const study = await studies.start(request('half-way', { 'seeds.training': 5 }));
    await study.result();
    // State after the first attempt: the extension is stored but not yet carried out.
    const documents = new StudyDocuments(openDirectoryStore(server.store), 'half-way');
    await documents.noteInstruction({
      ...{ kind: 'extend', id: 'lost', at: new Date().toISOString(), summary: 'extended by 2 networks' },
      ...{ extension: { architectures: 6 }, runs: 12 },
    });
    await documents.removeOutcome();
    expect(await study.extend({ architectures: 6 }, { id: 'lost' })).toBe(12);
    expect((await study.result()).runs['mnist']).toMatchObject({ finished: 6 });
    expect(summariesOf(await study.status())).toEqual(['extended by 2 networks']);
  });
});

describe.concurrent('the search attributes of a study', { timeout: 120_000 }, () => {
  const found = async (query: string) => {
    const list = JSON.parse(await server.temporal('workflow', 'list', '--query', query, '--output', 'json')) as {
      execution: { workflowId: string };
    }[];
    return list.map(({ execution }) => execution.workflowId).sort();
  };

  test('show how it ended, even if it was started by Temporal’s own command line', async () => {
    const { resolveRequest } = await import('../../control/submission-request.ts');
    const { config } = await resolveRequest(request('by-hand', { 'seeds.training': 6 }));
    const by = [
      '--type',
      'studyWorkflow',
      '--task-queue',
      'beyond-imagenet-study',
      '--input',
      JSON.stringify({ config }),
    ];
    await server.temporal('workflow', 'start', '--workflow-id', 'by-hand', ...by);
    await studies.study('by-hand').result();
    const study = await studies.start(request('stopped', { 'seeds.training': 7, 'rehearsal.secondsPerRun': 4 }));
    await until(study, (status) => running(status) > 0);
    await study.pause();
    await study.cancel();
    for (const [id, state] of [
      ['by-hand', 'finished'],
      ['stopped', 'cancelled'],
    ] as const)
      await vi.waitFor(
        async () =>
          expect(await found(`StudyId="${id}" and StudyState="${state}"`)).toEqual([
            id,
            `${id}/fashion-mnist`,
            `${id}/mnist`,
          ]),
        { timeout: 20_000, interval: 200 },
      );
    expect(summariesOf(await study.status())).toEqual(['paused', 'cancelled']);
  });
});

test('a server carries out one start request once, even if the workflow has ended in between', async () => {
  const { client, close } = await connectTo((await configuredTarget())!);
  const options = {
    workflowId: 'sent-twice',
    taskQueue: 'nobody',
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    [InternalWorkflowStartOptionsSymbol]: { requestId: 'one' },
  } as const;
  const first = await client.workflow.start('nothing', options);
  await first.terminate();
  const second = await client.workflow.start('nothing', options);
  expect(second.firstExecutionRunId).toBe(first.firstExecutionRunId);
  expect((await client.workflow.getHandle('sent-twice').describe()).status.name).toBe('TERMINATED');
  await close();
});

describe('a program whose store differs from that of the workers', () => {
  test('gets the reason when it starts a study, and when it watches one that has already started', async () => {
    const elsewhere = await connect({ state: join(root, 'elsewhere'), store: join(root, 'elsewhere', 'store') });
    const starting = elsewhere.start(request('elsewhere', { 'seeds.training': 8 }));
    await expect(starting).rejects.toBeInstanceOf(EnvironmentError);
    await expect(starting).rejects.toThrow(/no worker in the roles study, data, train uses the store .*elsewhere/);

    const input = JSON.stringify({ studyId: 'elsewhere' });
    await server.temporal(
      ...['workflow', 'start', '--workflow-id', 'elsewhere', '--type', 'studyWorkflow'],
      ...['--task-queue', 'beyond-imagenet-study', '--input', input],
    );
    for await (const { state, failure } of elsewhere.study('elsewhere').watch()) {
      expect({ state, failure }).toEqual({
        state: 'waiting',
        failure: expect.stringContaining('no worker in the roles study, data, train uses the store') as string,
      });
      break;
    }
    await expect(elsewhere.study('elsewhere').result()).rejects.toThrow('no worker in the roles');
    // Workers without the store leave the study to others.
    await worker.stop();
    await server.startWorker('right', '--slots', '16', '--store', join(root, 'elsewhere', 'store'));
    const { runs } = await elsewhere.study('elsewhere').result();
    expect(runs['mnist']).toMatchObject({ failed: 0 });
    await elsewhere.close();
  }, 120_000);
});

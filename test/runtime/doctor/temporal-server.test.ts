import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localTarget } from '../../../control/temporal-target.ts';
import { stateFolder } from '../../../lib/core/files/state-folder.ts';
import { temporalBinary } from '../../../lib/native/index.ts';
import { isFair } from '../../../runtime/doctor/fairness.ts';
import { checkServerAt, checkTemporalServer } from '../../../runtime/doctor/temporal-server.ts';
import { startLocalServer } from '../../../runtime/temporal-server.ts';
import { sharedTemporaryFolder, temporaryFolder } from '../../temporary-folder.ts';

let plain: TestWorkflowEnvironment;
const folder = sharedTemporaryFolder();
beforeAll(async () => {
  plain = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path: await temporalBinary() } },
  });
});
afterAll(async () => {
  await plain.teardown();
});

test('the local server has everything that studies use', async () => {
  const server = await startLocalServer(await temporalBinary(), folder);
  try {
    expect(await checkServerAt(localTarget(server.address), true)).toEqual([
      {
        name: 'Temporal server',
        status: 'ok',
        detail: expect.stringMatching(/^127.0.0.1:\d+, version 1\.\d+/) as string,
      },
      { name: 'search attributes', status: 'ok', detail: 'StudyId, StudyDataset, StudyState, StudyFailedRuns' },
      { name: 'fairness', status: 'ok', detail: 'datasets and studies share the slots evenly' },
    ]);
  } finally {
    await server.stop();
  }
});

test('a default server lacks search attributes and fairness: warnings with remedies, and nothing is left behind', async () => {
  const findings = await checkServerAt(localTarget(plain.address), true);
  expect(findings).toMatchObject([
    { status: 'ok' },
    {
      name: 'search attributes',
      status: 'warning',
      remedy:
        'temporal operator search-attribute create --namespace default --name StudyId --type Keyword --name StudyDataset --type Keyword --name StudyState --type Keyword --name StudyFailedRuns --type Int',
    },
    { name: 'fairness', status: 'warning', remedy: expect.stringContaining('matching.enableFairness') as string },
  ]);
  await expect
    .poll(async () => (await plain.client.workflow.count()).count, { timeout: 20_000, interval: 200 })
    .toBe(0);
});

test('nothing is started on a server unless requested', async () => {
  const started = await plain.client.workflow.count();
  expect(await checkServerAt(localTarget(plain.address), false)).toMatchObject([
    { status: 'ok' },
    { status: 'warning' },
    { name: 'fairness', status: 'ok', detail: expect.stringMatching(/^not tried: .*doctor --fairness/) as string },
  ]);
  expect(await plain.client.workflow.count()).toEqual(started);
});

test('a killed trial leaves nothing that runs forever', async () => {
  const timeouts: unknown[] = [];
  const client = {
    workflow: {
      start(_type: string, { workflowExecutionTimeout }: { workflowExecutionTimeout: unknown }) {
        timeouts.push(workflowExecutionTimeout);
        throw new Error('killed');
      },
    },
    workflowService: { deleteWorkflowExecution: () => Promise.resolve() },
  } as unknown as Client;
  await expect(isFair(client, 'default')).rejects.toThrow('killed');
  expect(timeouts).toEqual(['5 minutes']);
});

test('a missing namespace, and a server that does not answer, are failures', async () => {
  expect(await checkServerAt({ ...localTarget(plain.address), namespace: 'nowhere' }, false)).toMatchObject([
    { status: 'failure', remedy: expect.stringContaining('operator namespace create --namespace nowhere') as string },
  ]);
  expect(await checkServerAt(localTarget('127.0.0.1:9'), false)).toMatchObject([
    {
      status: 'failure',
      detail: 'The Temporal server at 127.0.0.1:9 does not answer: no connection to it (ECONNREFUSED)',
    },
  ]);
});

test('if no server is configured or running, start runs its own', async () => {
  expect(await checkTemporalServer(stateFolder(await temporaryFolder()), false)).toMatchObject([{ status: 'ok' }]);
});

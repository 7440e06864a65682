import { ServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import {
  InternalWorkflowStartOptionsSymbol,
  type InternalWorkflowStartOptions,
} from '@temporalio/client/lib/internal.js';
import { expect, test } from 'vitest';
import { startWorkflow } from '../../control/start.ts';
import { ServerAway } from '../../control/study-server.ts';
import { resolveRequest } from '../../control/submission-request.ts';

/** Starts a study beside a workflow with its id, if there is one; returns the types of the workflows that the client starts. */
async function startedBeside(there: { type: string; status: string; memo?: object } | undefined, rehearse: boolean) {
  const started: string[] = [];
  const describe = () => {
    if (there === undefined) throw new WorkflowNotFoundError('no', 'mine', undefined);
    return Promise.resolve({ ...there, status: { name: there.status } });
  };
  const client = {
    connection: {},
    options: { namespace: 'default' },
    workflow: { getHandle: () => ({ describe }), start: (type: string) => void started.push(type) },
  } as unknown as Client;
  await startWorkflow((request) => request(client), await resolveRequest({ id: 'mine', rehearse }));
  return started;
}

test.each([
  ['nothing with its id', undefined],
  ['an ended workflow', { type: 'order', status: 'COMPLETED' }],
  ['the study itself', { type: 'studyWorkflow', status: 'RUNNING', memo: { config: 'x' } }],
  ['a study of a schedule', { type: 'studyWorkflow', status: 'RUNNING' }],
])('a study is started despite %s', async (_what, there) => {
  expect(await startedBeside(there, false)).toEqual(['studyWorkflow']);
});

test.each([
  ['of another program', { type: 'order', status: 'RUNNING' }, false, 'a workflow of type order'],
  [
    'that rehearses',
    { type: 'studyWorkflow', status: 'RUNNING', memo: { config: 'x', rehearsal: true } },
    false,
    'a rehearsal',
  ],
  [
    'that does not rehearse',
    { type: 'studyWorkflow', status: 'RUNNING', memo: { config: 'x' } },
    true,
    'not a rehearsal',
  ],
])('it does not continue a running workflow %s', async (_what, there, rehearse, reason) => {
  await expect(startedBeside(there, rehearse)).rejects.toThrow(reason);
});

test('a start whose answer is lost is repeated as the same request, to the current address of the server', async () => {
  const unavailable = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: '', metadata: {} });
  const received: { at: number; request: string | undefined }[] = [];
  const clientAt = (at: number) =>
    ({
      connection: {},
      options: { namespace: 'default' },
      workflow: {
        getHandle: () => ({ describe: () => Promise.resolve({ status: { name: 'COMPLETED' } }) }),
        start: (_type: string, options: InternalWorkflowStartOptions) => {
          received.push({ at, request: options[InternalWorkflowStartOptionsSymbol]?.requestId });
          if (at === 2) throw new ServiceError('Failed to start Workflow', { cause: unavailable });
        },
      },
    }) as unknown as Client;
  let asked = 0;
  await startWorkflow(
    (ask) => (++asked === 1 ? Promise.reject(new ServerAway('it is started again')) : ask(clientAt(asked))),
    await resolveRequest({ id: 'mine' }),
  );
  const request = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
  expect(received).toEqual([
    { at: 2, request },
    { at: 3, request },
  ]);
  expect(received[0]).toMatchObject({ request: received[1]!.request });
});

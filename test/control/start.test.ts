import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { startWorkflow } from '../../control/start.ts';
import { resolveRequest } from '../../control/submission-request.ts';

/** What a client starts while a workflow with the id of the study is there. */
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
  await startWorkflow(client, await resolveRequest({ id: 'mine', rehearse }));
  return started;
}

test.each([
  ['nothing with its id', undefined],
  ['an ended workflow', { type: 'order', status: 'COMPLETED' }],
  ['the study itself', { type: 'studyWorkflow', status: 'RUNNING', memo: { config: 'x' } }],
  ['a study of a schedule', { type: 'studyWorkflow', status: 'RUNNING' }],
])('a study is started beside %s', async (_what, there) => {
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
  ['that does not rehearse', { type: 'studyWorkflow', status: 'RUNNING', memo: { config: 'x' } }, true, 'no rehearsal'],
])('it does not go on with a running workflow %s', async (_what, there, rehearse, reason) => {
  await expect(startedBeside(there, rehearse)).rejects.toThrow(reason);
});

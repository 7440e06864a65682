import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { Instructor } from '../../control/instructor.ts';

const notFound = new WorkflowNotFoundError('workflow execution already completed', 'mine', undefined);

/** An instructor of a study `mine` whose server gives this description, and on which no execution accepts instructions. */
function instructor(describe: () => Promise<{ status: { name: string }; runId: string }>): Instructor {
  const handle = { describe, executeUpdate: () => Promise.reject(notFound) };
  return new Instructor((work) => work({ workflow: { getHandle: () => handle } } as unknown as Client), 'mine');
}

test('an instruction that arrives when its study has just ended is refused because the study is not running', async () => {
  const running = instructor(() => Promise.resolve({ status: { name: 'RUNNING' }, runId: 'first' }));
  await expect(running.pause('id')).rejects.toThrow(/cannot be paused:\s+it is not running: it has just ended$/);
  await expect(running.cancel('id')).rejects.toThrow(/cannot be cancelled:\s+it is not running: it has just ended$/);
});

test('an instruction to an ended or unknown study is refused with that reason', async () => {
  const ended = instructor(() => Promise.resolve({ status: { name: 'COMPLETED' }, runId: 'first' }));
  await expect(ended.limit('id', 2)).rejects.toThrow(/cannot be limited:\s+it is not running: completed$/);
  const unknown = instructor(() => Promise.reject(notFound));
  await expect(unknown.resume('id')).rejects.toThrow(/cannot be resumed:\s+the server knows no study with this id$/);
});

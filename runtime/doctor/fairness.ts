import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';

/**
 * Numbers of workflows with the frequent and the rare key: enough to tell a fair order from the order of arrival, with any number of
 * partitions.
 */
const many = 60;
const few = 6;

/** Number of workflows that a trial starts. */
export const workflowsOfTrial = many + few;

/** Milliseconds to wait for a task. */
const patience = 10_000;

/** The server ends the workflows of a killed trial after this time. */
const longestTrial = '5 minutes';

/**
 * Tests whether a server shares tasks evenly between fairness keys. No request can tell, so it is tried: workflows of two keys wait in a
 * separate task queue, and a fair server hands out some of the second key before most of the first. The workflows do nothing and are
 * deleted.
 */
export async function isFair({ workflow, workflowService, connection }: Client, namespace: string): Promise<boolean> {
  const taskQueue = `doctor-${randomUUID()}`;
  const workflowIds: string[] = [];
  const start = async (fairnessKey: string) => {
    const workflowId = `${taskQueue}/${fairnessKey}/${workflowIds.length}`;
    workflowIds.push(workflowId);
    const workflowExecutionTimeout = longestTrial;
    await workflow.start('doctor', { workflowId, taskQueue, workflowExecutionTimeout, priority: { fairnessKey } });
  };
  try {
    for (let count = 0; count < many; count++) await start('many');
    for (let count = 0; count < few; count++) await start('few');
    for (let handedOut = 0; handedOut < many / 3; handedOut++) {
      const { workflowExecution } = await connection.withDeadline(Date.now() + patience, () =>
        workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: taskQueue }, identity: 'doctor' }),
      );
      if (workflowExecution?.workflowId?.includes('/few/')) return true;
    }
    return false;
  } finally {
    for (const workflowId of workflowIds)
      await workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId } });
  }
}

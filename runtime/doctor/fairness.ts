import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';

/** Workflows of the many, then of the few: as many as tell an order by arrival from a fair one, whatever the partitions. */
const many = 60;
const few = 6;

/** Milliseconds that a task is waited for. */
const patience = 10_000;

/**
 * Whether a server hands out tasks evenly over fairness keys. It does not say so anywhere, so it is tried: workflows of two keys
 * wait in a task queue of their own, and where it is fair those of the second key are not kept until most of the first are
 * handed out. They do nothing, and are deleted.
 */
export async function isFair({ workflowService, connection }: Client, namespace: string): Promise<boolean> {
  const taskQueue = { name: `doctor-${randomUUID()}` };
  const workflowIds: string[] = [];
  const start = async (fairnessKey: string) => {
    const workflowId = `${taskQueue.name}/${fairnessKey}/${workflowIds.length}`;
    workflowIds.push(workflowId);
    await workflowService.startWorkflowExecution({
      namespace,
      workflowId,
      workflowType: { name: 'doctor' },
      taskQueue,
      requestId: randomUUID(),
      priority: { fairnessKey },
    });
  };
  try {
    for (let count = 0; count < many; count++) await start('many');
    for (let count = 0; count < few; count++) await start('few');
    for (let handedOut = 0; handedOut < many / 3; handedOut++) {
      const { workflowExecution } = await connection.withDeadline(Date.now() + patience, () =>
        workflowService.pollWorkflowTaskQueue({ namespace, taskQueue, identity: 'doctor' }),
      );
      if (workflowExecution?.workflowId?.includes('/few/')) return true;
    }
    return false;
  } finally {
    for (const workflowId of workflowIds)
      await workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId } });
  }
}

import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { ActivitiesByRole } from '../activities/contract.ts';
import { taskQueues, type Role } from '../workflows/task-queues.ts';

export interface WorkersOptions {
  connection: NativeConnection;
  namespace?: string;
  roles: readonly Role[];
  activities: ActivitiesByRole;
  /** Trainings at a time. */
  slots: number;
  /** Path of the workflows' code (workflows/bundle.ts). */
  workflowBundle: string;
}

/** Milliseconds: what an activity reports reaches the server, and a cancellation the activity, at least this often. */
const heartbeatInterval = 1000;

/**
 * One worker for each role, not yet running. When they are shut down, activities are interrupted at once; the server hands
 * them out again, and a training goes on from its checkpoint.
 */
export function createWorkers(options: WorkersOptions): Promise<Worker[]> {
  const { connection, namespace = 'default', activities, slots, workflowBundle } = options;
  const common = {
    connection,
    namespace,
    maxHeartbeatThrottleInterval: heartbeatInterval,
    defaultHeartbeatThrottleInterval: heartbeatInterval,
    shutdownGraceTime: 0,
    shutdownForceTime: '8 seconds',
    stickyQueueScheduleToStartTimeout: '3 seconds',
  } satisfies Partial<WorkerOptions>;
  const byRole: Record<Role, () => Promise<Worker>> = {
    study: () =>
      Worker.create({
        ...common,
        taskQueue: taskQueues.study,
        workflowBundle: { codePath: workflowBundle },
        activities: activities.study,
      }),
    data: () =>
      Worker.create({
        ...common,
        taskQueue: taskQueues.data,
        activities: activities.data,
        maxConcurrentActivityTaskExecutions: 2,
      }),
    train: () =>
      Worker.create({
        ...common,
        taskQueue: taskQueues.train,
        activities: activities.train,
        maxConcurrentActivityTaskExecutions: slots,
      }),
  };
  return Promise.all([...new Set(options.roles)].map((role) => byRole[role]()));
}

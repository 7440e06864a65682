import type { WorkerDeploymentVersion } from '@temporalio/common';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { ActivitiesByRole } from '../activities/contract.ts';
import { taskQueues, type Role } from '../workflows/task-queues.ts';
import { activityContext } from './activity-context.ts';
import { defaultStopSeconds } from './stop-seconds.ts';

export interface WorkersOptions {
  connection: NativeConnection;
  namespace?: string;
  roles: readonly Role[];
  activities: ActivitiesByRole;
  /** Number of concurrent trainings. */
  slots: number;
  /** Seconds within which their activities must end at shutdown; `defaultStopSeconds` if absent. */
  stopSeconds?: number | undefined;
  /** Path of the workflows' code (workflow-bundle.ts). */
  workflowBundle: string;
  /** Version of these workers in a deployment on the server; undefined without one. */
  version?: WorkerDeploymentVersion | undefined;
  /** Their identity on the server (workflows/worker-identity.ts); process and machine if absent. */
  identity?: string | undefined;
}

/** Milliseconds between heartbeats: the longest time for a report to reach the server, or a cancellation to reach the activity. */
const heartbeatInterval = 1000;

/** Seconds of `stopSeconds` that are reserved for the rest of the shutdown. */
const remaining = 2;

/**
 * Creates a worker for each role, without running it. When a worker is shut down, its activities are interrupted at once; the server
 * gives them to another worker, where a training continues from its checkpoint.
 */
export function createWorkers(options: WorkersOptions): Promise<Worker[]> {
  const { connection, namespace = 'default', activities, slots, workflowBundle, version, identity } = options;
  const { stopSeconds = defaultStopSeconds } = options;
  const common = {
    connection,
    namespace,
    ...(identity === undefined ? {} : { identity }),
    maxHeartbeatThrottleInterval: heartbeatInterval,
    defaultHeartbeatThrottleInterval: heartbeatInterval,
    shutdownGraceTime: 0,
    shutdownForceTime: 1000 * Math.max(1, stopSeconds - remaining),
    stickyQueueScheduleToStartTimeout: '3 seconds',
    interceptors: { activity: [activityContext] },
    ...(version === undefined
      ? {}
      : {
          workerDeploymentOptions: {
            version,
            useWorkerVersioning: true,
            // A study that runs for weeks moves to the new version; the replay tests make sure that it can.
            defaultVersioningBehavior: 'AUTO_UPGRADE',
          },
        }),
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

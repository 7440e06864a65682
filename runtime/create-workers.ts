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
  /** Trainings at a time. */
  slots: number;
  /** Seconds that their activities have to end when they are shut down; `defaultStopSeconds` if absent. */
  stopSeconds?: number | undefined;
  /** Path of the workflows' code (workflow-bundle.ts). */
  workflowBundle: string;
  /** Version of these workers in a deployment of the server; absent without one. */
  version?: WorkerDeploymentVersion | undefined;
  /** Their identity at the server (workflows/worker-identity.ts); process and machine if absent. */
  identity?: string | undefined;
}

/** Milliseconds between heartbeats: the longest that a report takes to the server, or a cancellation to the activity. */
const heartbeatInterval = 1000;

/** Seconds that remain of these after the activities have ended. */
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
            // A study of weeks moves on to the new version; that it can is what the replay tests are for.
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

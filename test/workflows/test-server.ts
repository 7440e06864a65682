import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { join } from 'node:path';
import { userCache } from '../../files/user-cache.ts';
import { createWorkers } from '../../runtime/create-workers.ts';
import { workflowBundle } from '../../runtime/workflow-bundle.ts';
import { temporalBinary } from '../../native/index.ts';
import type { ActivitiesByRole } from '../../activities/contract.ts';
import type { Role } from '../../workflows/task-queues.ts';
import { roles } from '../../workflows/task-queues.ts';

/** A Temporal server of its own for a test file, and workers on it. */
export class TestServer {
  readonly environment: TestWorkflowEnvironment;
  private readonly bundle: string;

  private constructor(environment: TestWorkflowEnvironment, bundle: string) {
    this.environment = environment;
    this.bundle = bundle;
  }

  static async start(): Promise<TestServer> {
    Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
    const [environment, bundle] = await Promise.all([
      TestWorkflowEnvironment.createLocal({
        server: { executable: { type: 'existing-path', path: await temporalBinary() } },
      }),
      workflowBundle(join(userCache(), 'workflows')),
    ]);
    return new TestServer(environment, bundle.path);
  }

  get client() {
    return this.environment.client;
  }

  /** Runs workers of all roles with these activities while `during` does something. */
  async withWorkers<T>(
    activities: ActivitiesByRole,
    during: () => Promise<T>,
    options: { slots?: number; roles?: readonly Role[] } = {},
  ): Promise<T> {
    const workers = await createWorkers({
      connection: this.environment.nativeConnection,
      roles: options.roles ?? roles,
      activities,
      slots: options.slots ?? 4,
      workflowBundle: this.bundle,
    });
    const running = workers.map((worker) => worker.run());
    try {
      return await during();
    } finally {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
    }
  }

  async stop(): Promise<void> {
    await this.environment.teardown();
  }
}

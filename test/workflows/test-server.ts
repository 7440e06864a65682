import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { createWorkers } from '../../runtime/create-workers.ts';
import { startLocalServer, type LocalServer } from '../../runtime/temporal-server.ts';
import { localTarget } from '../../control/temporal-target.ts';
import { connectWorkers } from '../../runtime/worker-connection.ts';
import { workflowBundle } from '../../runtime/workflow-bundle.ts';
import { temporalBinary } from '../../lib/native/index.ts';
import type { ActivitiesByRole } from '../../activities/contract.ts';
import type { Role } from '../../workflows/task-queues.ts';
import { roles } from '../../workflows/task-queues.ts';

/** A Temporal server of its own for a test file, and workers on it. */
export class TestServer {
  readonly environment: TestWorkflowEnvironment;
  private readonly bundle: string;
  private readonly server: LocalServer;

  private constructor(environment: TestWorkflowEnvironment, bundle: string, server: LocalServer) {
    this.environment = environment;
    this.bundle = bundle;
    this.server = server;
  }

  /** @param folder of the server's database, which outlasts it */
  static async start(folder: string): Promise<TestServer> {
    Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
    // The SDK's own way to start one gives up after five seconds, which a busy machine may need.
    const [server, bundle] = await Promise.all([startLocalServer(await temporalBinary(), folder), workflowBundle()]);
    // The server listens before it is healthy.
    await (await connectWorkers(localTarget(server.address))).close();
    const environment = await TestWorkflowEnvironment.createFromExistingServer({ address: server.address });
    return new TestServer(environment, bundle.path, server);
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
    await this.server.stop();
  }
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { createWorkers } from '../../runtime/create-workers.ts';
import { startLocalServer, type LocalServer } from '../../runtime/temporal-server.ts';
import { localTarget } from '../../control/temporal-target.ts';
import { connectWorkers } from '../../runtime/worker-connection.ts';
import { workflowBundle } from '../../runtime/workflow-bundle.ts';
import { temporalBinary } from '../../lib/native/index.ts';
import type { ActivitiesByRole } from '../../activities/contract.ts';
import { fakeActivities } from './fake-activities.ts';
import { roles } from '../../workflows/task-queues.ts';

/** Trainings at a time: more than concurrent tests have together. */
const slots = 64;

/**
 * A Temporal server for a test file, with one worker of each role for all tests, which may run concurrently: starting workers
 * takes longer than most tests. Each study has the activities of the test that owns it.
 */
export class TestServer {
  readonly environment: TestWorkflowEnvironment;
  readonly #bundle: string;
  readonly #server: LocalServer;
  readonly #activities = new Map<string, ActivitiesByRole>();
  readonly #test = new AsyncLocalStorage<ActivitiesByRole>();
  #shared: Promise<() => Promise<void>> | undefined;

  private constructor(environment: TestWorkflowEnvironment, bundle: string, server: LocalServer) {
    this.environment = environment;
    this.#bundle = bundle;
    this.#server = server;
  }

  /**
   * @param folder of the server's database, which outlasts it
   * @param settings of the server by name, which only tests change
   */
  static async start(folder: string, settings: Readonly<Record<string, number>> = {}): Promise<TestServer> {
    Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
    // The SDK's own function to start a server gives up after five seconds, which can be too soon on a busy machine.
    const [server, bundle] = await Promise.all([
      startLocalServer(await binaryWith(folder, settings), join(folder, 'temporal')),
      workflowBundle(),
    ]);
    // The server listens before it is healthy.
    await (await connectWorkers(localTarget(server.address))).close();
    const environment = await TestWorkflowEnvironment.createFromExistingServer({ address: server.address });
    return new TestServer(environment, bundle.path, server);
  }

  get client() {
    return this.environment.client;
  }

  /** Carries out the studies that `during` owns with these activities. */
  async withActivities<Result>(activities: ActivitiesByRole, during: () => Promise<Result>): Promise<Result> {
    await (this.#shared ??= this.#run(this.#dispatching(), slots));
    return this.#test.run(activities, during);
  }

  /** Assigns the activities of the calling test, if it has any, to a study; returns the study's id. */
  own(studyId = `study-${randomUUID().slice(0, 8)}`): string {
    const activities = this.#test.getStore();
    if (activities !== undefined) this.#activities.set(studyId, activities);
    return studyId;
  }

  /** Runs workers for a single test and shuts them down at its end; no other test may have begun. */
  async withWorkers<Result>(
    activities: ActivitiesByRole,
    during: () => Promise<Result>,
    ownSlots = 4,
  ): Promise<Result> {
    if (this.#shared !== undefined) throw new Error('the workers of other tests would take its work');
    const stop = await this.#run(activities, ownSlots);
    try {
      return await this.#test.run(activities, during);
    } finally {
      await stop();
    }
  }

  async stop(): Promise<void> {
    await (
      await this.#shared
    )?.();
    await this.environment.teardown();
    await this.#server.stop();
  }

  /** Returns a function that stops the workers. */
  async #run(activities: ActivitiesByRole, trainings: number): Promise<() => Promise<void>> {
    const workers = await createWorkers({
      ...{ connection: this.environment.nativeConnection, roles, activities, slots: trainings },
      workflowBundle: this.#bundle,
    });
    const running = workers.map((worker) => worker.run());
    return async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
    };
  }

  /** Activities that forward the calls of each study to the activities of the test that owns it. */
  #dispatching(): ActivitiesByRole {
    type Role = Record<string, (input: { studyId: string }) => Promise<unknown>>;
    const { activities } = fakeActivities({ datasets: ['mnist'], runs: 1 });
    const byRole = Object.entries(activities as unknown as Record<string, Role>).map(([role, its]) => {
      const dispatching = Object.keys(its).map((name): [string, Role[string]] => [
        name,
        (input: { studyId: string }) =>
          (this.#activities.get(input.studyId) as unknown as Record<string, Role>)[role]![name]!(input),
      ]);
      return [role, Object.fromEntries(dispatching)] as const;
    });
    return Object.fromEntries(byRole) as unknown as ActivitiesByRole;
  }
}

/** Returns a program that runs the server with other settings. */
async function binaryWith(folder: string, settings: Readonly<Record<string, number>>): Promise<string> {
  const options = Object.entries(settings).map(([name, value]) => `--dynamic-config-value ${name}=${value}`);
  const path = join(folder, 'temporal-with-settings');
  await writeFile(path, `#!/bin/sh\nexec '${await temporalBinary()}' "$@" ${options.join(' ')}\n`, { mode: 0o755 });
  return path;
}

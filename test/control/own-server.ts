import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { connect, type Studies, type Study, type StudyStatus } from '../../index.ts';
import { temporalBinary } from '../../lib/native/index.ts';
import { portsOf, startLocalServer, type LocalServer } from '../../runtime/temporal-server.ts';
import { RunningProgram } from '../commands/running-program.ts';

export interface OwnServerOptions {
  /** Location of the artifact store; `store/` in the root by default. */
  store?: string;
  /** Folder for the state folders of workers; the root by default. */
  workerStates?: string;
  /** Environment variables of the workers. */
  environment?: Readonly<Record<string, string>>;
}

/** A Temporal server for one test file, workers in processes of their own, and the API by which programs steer studies. */
export class OwnServer {
  /** Folder for all its files. */
  readonly root: string;
  /** Location of the artifact store that all workers share unless they are given another. */
  readonly store: string;
  /** Folder for the state folders of workers. */
  readonly #workerStates: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #binary: string;
  #server: LocalServer;
  readonly #workers: RunningProgram[] = [];
  #studies: Studies | undefined;

  private constructor(root: string, options: OwnServerOptions, binary: string, server: LocalServer) {
    this.root = root;
    this.store = options.store ?? join(root, 'store');
    this.#workerStates = options.workerStates ?? root;
    this.#environment = options.environment ?? {};
    this.#binary = binary;
    this.#server = server;
  }

  /** @param root a folder that outlasts the server */
  static async start(root: string, options: OwnServerOptions = {}): Promise<OwnServer> {
    const binary = await temporalBinary();
    const server = await startLocalServer(binary, join(root, 'temporal'));
    vi.stubEnv('TEMPORAL_ADDRESS', server.address);
    return new OwnServer(root, options, binary, server);
  }

  /** Starts `worker.ts` with a state folder of its own; settles when it is ready. */
  startWorker(name: string, ...args: string[]): Promise<RunningProgram> {
    return this.startWorkerIn(undefined, name, ...args);
  }

  /** Does the same with the program in another folder. */
  async startWorkerIn(folder: string | undefined, name: string, ...args: string[]): Promise<RunningProgram> {
    const own = ['--state', join(this.#workerStates, name), '--store', this.store, '--gpus', 'none'];
    const worker = new RunningProgram(
      folder === undefined ? 'worker' : 'worker.ts',
      [...own, ...args],
      this.#environment,
      folder,
    );
    this.#workers.push(worker);
    await worker.said(/^Working on/m);
    return worker;
  }

  async studies(): Promise<Studies> {
    return (this.#studies ??= await connect({ state: join(this.root, 'client'), store: this.store }));
  }

  /** Kills the server, and starts it again on its database at the same address. */
  async restart(): Promise<void> {
    const { kill, ended } = this.#server;
    const ports = portsOf(this.#server);
    kill();
    await ended;
    this.#server = await startLocalServer(this.#binary, join(this.root, 'temporal'), ports);
  }

  /** Returns the output of Temporal's command line. */
  async temporal(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(this.#binary, [...args, '--address', this.#server.address], {
      maxBuffer: 2 ** 30,
    });
    return stdout;
  }

  /** Describes the last events of a workflow and the messages of the workers, to find out why a test failed. */
  async evidence(workflowId: string): Promise<string> {
    const of = ['--workflow-id', workflowId];
    const [description, history] = await Promise.all([
      this.temporal('workflow', 'describe', ...of),
      this.temporal('workflow', 'show', ...of),
    ]);
    const lastLines = (text: string, lines: number) => text.trimEnd().split('\n').slice(-lines).join('\n');
    const workers = this.#workers.slice(-5).map((worker) => lastLines(worker.stderr, 40));
    return [description, lastLines(history, 60), ...workers].map((part) => `${part}\n`).join('\n');
  }

  async stop(): Promise<void> {
    await this.#studies?.close();
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await this.#server.stop();
    vi.unstubAllEnvs();
  }
}

/** Waits until a study has a certain status. */
export async function until(
  study: Study,
  condition: (status: StudyStatus) => boolean,
  seconds = 50,
): Promise<StudyStatus> {
  for (const deadline = Date.now() + 1000 * seconds; ; await sleep(50)) {
    const status = await study.status();
    if (condition(status)) return status;
    if (Date.now() > deadline) throw new Error(`did not come about in ${seconds} s: ${JSON.stringify(status)}`);
  }
}

/** Returns the number of runs of a study that have ended. */
export const settled = ({ datasets }: StudyStatus): number =>
  datasets.reduce((sum, { finished, reused, diverged, failed }) => sum + finished + reused + diverged + failed, 0);

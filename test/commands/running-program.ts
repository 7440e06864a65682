import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtModule } from '../built-program.ts';

const isBuilt = (module: string): module is 'client' | 'worker' => module === 'client' || module === 'worker';

/** The command line, a worker or another program in a process of its own, as a user runs it. */
export class RunningProgram {
  readonly process: ChildProcess;
  /** What it printed so far. */
  stdout = '';
  stderr = '';
  readonly #closed: Promise<unknown>;

  /**
   * @param module `client` or `worker` of the built program, or a source file
   * @param folder in which a source file is run; that of this project by default
   */
  constructor(
    module: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    folder?: string,
  ) {
    const program = isBuilt(module) ? [builtModule(module)] : ['--import', 'tsx', module];
    this.process = spawn(process.execPath, [...program, ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.process.stdout?.on('data', (text: Buffer) => (this.stdout += text.toString()));
    this.process.stderr?.on('data', (text: Buffer) => (this.stderr += text.toString()));
    this.#closed = once(this.process, 'close');
  }

  /** Settles when its standard error says something. */
  async said(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.stderr)) {
      if (this.process.exitCode !== null) throw new Error(`it ended without saying ${pattern}:\n${this.stderr}`);
      await sleep(20);
    }
  }

  /** Its exit code. */
  async ended(): Promise<number | null> {
    await this.#closed;
    return this.process.exitCode;
  }

  /** Ends it, kindly unless told otherwise; returns its exit code. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.process.kill(signal);
    return this.ended();
  }
}

import { fork, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { tensorflowEnvironment } from '../native/index.ts';
import { childModule } from './child/bundle.ts';
import type { Order } from './child/messages.ts';
import { allocatorEnvironment, deviceEnvironment, type Device } from './device.ts';

/** Characters of output kept: enough for the stack that Node prints after the cause of a crash. */
const keptOutput = 16_000;

/** Milliseconds that a process waits for an order before it is ended. */
const patience = 60_000;

/** A process that can be given one order, and the end of its output. */
export interface TrainingProcess {
  child: ChildProcess;
  output: () => string;
}

interface Standby extends TrainingProcess {
  /** Identifies its module and environment, which include device and precision. */
  key: string;
  timer: NodeJS.Timeout;
}

const standbys: Standby[] = [];

/**
 * Returns a process for an order: one that is standing by with the right environment (it has loaded TensorFlow and holds no GPU memory),
 * else a new one.
 * @param standBy whether another order of this kind will follow; a process for it loads while this one works
 */
export async function processFor(order: Order, standBy: boolean): Promise<TrainingProcess> {
  const [library, module] = await Promise.all([tensorflowEnvironment(), childModule()]);
  const { device, precision, xla } = circumstances(order);
  const env = deviceEnvironment({ ...allocatorEnvironment, ...process.env, ...library }, device, { precision, xla });
  const key = JSON.stringify([module, env]);
  const taken = take(key) ?? start(module, device, env);
  if (standBy) keep({ ...start(module, device, env), key });
  return taken;
}

/** The parts of an order that decide the environment of its process. */
function circumstances(order: Order) {
  switch (order.kind) {
    case 'train':
    case 'evaluate':
      return { device: order.task.device, ...order.task.protocol };
    case 'compare':
      return { device: order.device, precision: 'float32', xla: false } as const;
    case 'measure':
      return { ...order.task, xla: false };
  }
}

function start(module: string, { kind }: Device, env: NodeJS.ProcessEnv): TrainingProcess {
  const child = fork(module, [kind], {
    // The bundle needs none of its parent's loaders.
    execArgv: [],
    env,
    serialization: 'advanced',
    // In its own process group: Ctrl-C in the terminal is meant for the parent, which then interrupts the child.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  return { child, output: lastOutput(child) };
}

function take(key: string): TrainingProcess | undefined {
  const standby = standbys.find((candidate) => candidate.key === key);
  if (standby === undefined) return undefined;
  letGo(standby);
  setHold(standby.child, true);
  return standby;
}

/** Keeps a process on standby without preventing this one from ending. */
function keep(process: Omit<Standby, 'timer'>): void {
  const { child } = process;
  const timer = setTimeout(() => {
    // Removed first, because an order could still take it before its end is noticed.
    letGo(standby);
    child.kill('SIGKILL');
  }, patience).unref();
  const standby = { ...process, timer };
  standbys.push(standby);
  setHold(child, false);
  child.once('error', () => letGo(standby));
  child.once('exit', () => letGo(standby));
}

function letGo(standby: Standby): void {
  clearTimeout(standby.timer);
  const index = standbys.indexOf(standby);
  if (index !== -1) standbys.splice(index, 1);
}

/** Sets whether this process stays alive while the other one runs. */
function setHold(child: ChildProcess, holds: boolean): void {
  for (const handle of [child, child.channel, child.stdout as Socket, child.stderr as Socket])
    if (holds) handle?.ref();
    else handle?.unref();
}

/** Collects the end of a process's output for its failure message. */
function lastOutput(child: ChildProcess): () => string {
  let text = '';
  for (const output of [child.stdout, child.stderr])
    output?.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-keptOutput)));
  return () => text;
}

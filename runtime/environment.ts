import { configuredTarget, localTarget, type TemporalTarget } from '../control/temporal-target.ts';
import type { StateFolder } from '../lib/core/files/state-folder.ts';
import type { NativePart } from '../lib/native/index.ts';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import type { Device } from '../lib/training/device.ts';
import { roles } from '../workflows/task-queues.ts';
import { BackgroundFailures } from './background-failures.ts';
import type { Teardown } from './teardown.ts';
import type { Ports } from './temporal-server.ts';

/** The environment of studies: a server, and workers in this process. */
export interface Environment {
  target: TemporalTarget;
  /** Address of the UI if it is known. */
  uiAddress: string | undefined;
  /** Rejects if a worker or the server of this process cannot continue; never settles otherwise. */
  broken: Promise<never>;
}

export interface EnvironmentOptions {
  state: StateFolder;
  store: ArtifactStore;
  /** Whether other machines use the store. */
  isStoreShared?: boolean | undefined;
  dataRoot?: string | undefined;
  /** Bytes that prepared datasets may take; the whole disk except 2 GB if absent. */
  dataCache?: number | undefined;
  /** One for each concurrent training. */
  devices: readonly Device[];
  /** `host:port` at which Prometheus finds this process's metrics; none if absent. */
  metrics?: string | undefined;
  /** Seconds within which trainings must end when this process stops; `defaultStopSeconds` if absent. */
  stopSeconds?: number | undefined;
  /** Preferred ports of the local server: those of the last one, where commands may still look for it. */
  serverPorts?: Ports | undefined;
  /** Whether this program's engine will train: TensorFlow is then set up and tested before any work, otherwise at its first run. */
  needsTensorFlow: boolean;
  signal: AbortSignal;
  /** Prints a message for the user. */
  say: (text: string) => void;
  teardown: Teardown;
}

/**
 * Starts everything that studies need: native parts, a Temporal server unless one is configured, and workers of all roles in this process,
 * which must hold the state folder. `teardown` undoes it.
 */
export async function openEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { state, needsTensorFlow, signal, say, teardown } = options;
  const configured = await configuredTarget();
  const failures = new BackgroundFailures();
  await setUpNativeParts(needsTensorFlow, signal);

  // Loading the SDK and checking the devices take a while; the server starts in the meantime.
  const addingWorkers = import('./add-workers.ts');
  const checking = needsTensorFlow
    ? import('./self-check.ts').then(({ checkTrainer }) => checkTrainer(state, options.devices, signal))
    : import('./self-check.ts').then(({ checkDevices }) => checkDevices(options.devices, false));
  checking.catch(() => undefined);
  let target = configured;
  let uiAddress: string | undefined;
  if (target === undefined) {
    const [{ superviseServer }, { temporalBinary }] = await Promise.all([
      import('./supervised-server.ts'),
      import('../lib/native/index.ts'),
    ]);
    const server = await superviseServer({
      binary: await temporalBinary(),
      directory: state.temporal,
      preferred: options.serverPorts,
      onRestart: (how) => say(`The Temporal server had ended (${how}) and was started again; studies continue.`),
      onLost: failures.add,
    });
    teardown.add('Temporal server', () => server.stop(), server.kill);
    ({ uiAddress } = server);
    target = localTarget(server.address);
  }
  signal.throwIfAborted();
  await checking;
  const { addWorkers } = await addingWorkers;
  await addWorkers({ ...options, target, roles, hasOthers: configured !== undefined, failures });
  return { target, uiAddress, broken: failures.first };
}

/** Sets up the native parts that studies need on this machine, and shows the progress. Takes milliseconds if they are already installed. */
export async function setUpNativeParts(needsTensorFlow: boolean, signal: AbortSignal): Promise<void> {
  const { ensureNativeParts, ProgressLines } = await import('../lib/native/index.ts');
  const parts: NativePart[] = [
    ...(needsTensorFlow ? (['tensorflow'] as const) : []),
    ...((await configuredTarget()) === undefined ? (['temporal'] as const) : []),
  ];
  const lines = new ProgressLines();
  try {
    await ensureNativeParts({ parts, onProgress: lines.update, signal });
  } finally {
    lines.end();
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { liveStatus } from '../../control/live-status.ts';
import { isUnderWay } from '../../control/status.ts';
import { openServer, ServerAway, type StudyServer } from '../../control/study-server.ts';
import { EnvironmentError, exitCodes, OperationalError } from '../../lib/core/errors.ts';
import { holdStateFolder, stateFolder, type StateFolder } from '../../lib/core/files/state-folder.ts';
import { openStore } from '../../lib/store/open-store.ts';
import { BackgroundFailures } from '../background-failures.ts';
import { trainingDevices } from '../devices.ts';
import { openEnvironment } from '../environment.ts';
import { LogFile } from '../log-file.ts';
import { processIdentity } from '../process-identity.ts';
import { AddressLost } from '../supervised-server.ts';
import type { Teardown } from '../teardown.ts';
import { portsOf } from '../temporal-server.ts';
import { readDescription, writeDescription, type HostDescription } from './host-description.ts';
import { hostLog } from './host-log.ts';
import type { HostOptions } from './host-options.ts';
import { removeIfOver, usersOf, type HostUser } from './host-users.ts';
import { spawnHost } from './spawn-host.ts';

/** Number of concurrent trainings in a rehearsal, in which nothing is really trained. */
const rehearsalSlots = 32;

/** Milliseconds for which the notes of who uses the host may be unreadable, e.g. because too many files are open. */
const unreadablePatience = 60_000;

/** Milliseconds between two checks of the host's users, and of the studies that no command is following. */
const lookInterval = 200;
const studyInterval = 2000;

/**
 * Runs the host of a state folder: one process with its Temporal server (unless one is configured) and its workers, for every command that
 * uses them. It ends when no command or unfollowed study needs it any more. If its server's port is lost to another program, another host
 * takes over. Does nothing if the folder already has a host.
 * @returns exit code
 */
export async function runHost(options: HostOptions, signal: AbortSignal, teardown: Teardown): Promise<number> {
  const state = stateFolder(options.state);
  const failures = new BackgroundFailures();
  const release = await holdStateFolder(state, failures.add);
  if (release === undefined) return exitCodes.success;
  const log = new LogFile(hostLog(state));
  const last = (await readDescription(state))?.server;
  teardown.add('lock of the state folder', release);
  const store = openStore(options.store, state);
  const description: HostDescription = {
    pid: process.pid,
    identity: (await processIdentity(process.pid))!,
    phase: 'starting',
    options,
    store: store.location,
    server: null,
    failure: null,
  };
  let isToMove = false;
  try {
    await writeDescription(state, description);
    const { slots, gpus, threads, dataRoot, dataCache, metrics, stopSeconds, isRehearsal, needsTensorFlow } = options;
    const asked = {
      ...(slots === undefined ? {} : { slots }),
      ...(gpus === undefined ? {} : { gpus }),
      ...(threads === undefined ? {} : { threads }),
    };
    const environment = await openEnvironment({
      ...{ state, store, isStoreShared: options.store !== undefined, dataRoot, dataCache },
      ...{ metrics, stopSeconds, needsTensorFlow },
      devices: trainingDevices(isRehearsal ? { slots: rehearsalSlots, gpus: [], ...asked } : asked),
      ...{ signal, say: (text) => log.write(text), teardown },
      serverPorts:
        last == null || last.uiAddress === null
          ? undefined
          : portsOf({ address: last.address, uiAddress: last.uiAddress }),
    });
    const { target, uiAddress = null } = environment;
    const address = target.connectionOptions.address ?? '';
    description.server = { address, namespace: target.namespace, uiAddress };
    description.phase = 'ready';
    await writeDescription(state, description);
    const studies = await openServer(state);
    teardown.add('connection of the host', () => studies.close());
    const leaving = new AbortController();
    const asksToEnd = AbortSignal.any([signal, leaving.signal]);
    await Promise.race([
      ...[environment.broken, failures.first, untilUnused(state, studies, isRehearsal, asksToEnd)],
    ]).finally(() => leaving.abort());
    signal.throwIfAborted();
  } catch (error) {
    isToMove = error instanceof AddressLost && !signal.aborted;
    if (isToMove)
      log.write(
        `${(error as Error).message}; the work moves to another process, with a server at a different address.`,
      );
    else
      description.failure = signal.aborted
        ? { category: 'infrastructure', message: `The process that does the work in ${state.root} was told to end` }
        : failureOf(error);
    if (!(error instanceof OperationalError)) log.write(error instanceof Error ? error.stack! : String(error));
  }
  description.phase = 'ending';
  await writeDescription(state, description).catch(() => undefined);
  try {
    await teardown.run();
  } catch (error) {
    log.write((error as Error).message);
  }
  if (isToMove) await spawnHost(state, options);
  await log.flushed();
  return description.failure === null ? exitCodes.success : exitCodes.failure;
}

function failureOf(error: unknown): HostDescription['failure'] {
  if (error instanceof OperationalError) return { category: error.category, message: error.message };
  return { category: 'internal', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** Resolves when nobody uses the host any more, or when somebody wants to train and this host only rehearses. */
async function untilUnused(
  state: StateFolder,
  server: StudyServer,
  isRehearsal: boolean,
  signal: AbortSignal,
): Promise<void> {
  let readAt = performance.now();
  for (let lookedAt = 0; !signal.aborted; await sleep(lookInterval)) {
    const users = await usersOf(state).catch((cause: Error) => {
      if (performance.now() - readAt < unreadablePatience) return undefined;
      throw new EnvironmentError(`${state.root} cannot be read: ${cause.message}`, { cause });
    });
    if (users === undefined) continue;
    readAt = performance.now();
    if (users.length === 0) return;
    if (isRehearsal && users.some(({ options }) => !options.isRehearsal)) return;
    if (Date.now() - lookedAt < studyInterval) continue;
    lookedAt = Date.now();
    for (const user of users) await removeIfOver(state, user, () => isOver(user, server));
  }
}

/** Whether a study that no command is following has ended. */
async function isOver({ by, studyId }: HostUser, server: StudyServer): Promise<boolean> {
  if (by.kind !== 'study') return false;
  try {
    const status = await server.ask((client) => liveStatus(client, studyId));
    return status === undefined || !isUnderWay(status.state);
  } catch (error) {
    // The server will be started again.
    if (error instanceof ServerAway) return false;
    throw error;
  }
}

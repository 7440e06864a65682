import { setTimeout as sleep } from 'node:timers/promises';
import { configuredTarget, localTarget, type TemporalTarget } from '../../control/temporal-target.ts';
import { ConfigError, EnvironmentError } from '../../lib/core/errors.ts';
import type { StateFolder } from '../../lib/core/files/state-folder.ts';
import { setUpNativeParts } from '../environment.ts';
import { processIdentity } from '../process-identity.ts';
import { defaultStopSeconds } from '../stop-seconds.ts';
import type { Teardown } from '../teardown.ts';
import { HostFailure, readDescription, type HostDescription } from './host-description.ts';
import { forceHost } from './force-host.ts';
import { followHostLog, hostLog } from './host-log.ts';
import type { HostOptions } from './host-options.ts';
import { addUser, describeUser, removeUser, usersOf, type HostUser } from './host-users.ts';
import { spawnHost, type SpawnedHost } from './spawn-host.ts';

export interface JoinOptions {
  state: StateFolder;
  /** Location of the store that this command uses. */
  store: string;
  host: HostOptions;
  /** The command, e.g. `start mine`. */
  name: string;
  studyId: string;
  signal: AbortSignal;
  /** Prints a message for the user. */
  say: (text: string) => void;
  teardown: Teardown;
}

/** A host as this command sees it. */
export interface JoinedHost {
  /** Its server when the command joined it; a local server's address may change (`StudyServer`). */
  target: TemporalTarget;
  /** Address of the UI at that time, if it is known. */
  uiAddress: string | undefined;
  /** Process id. */
  pid: number;
  /** Rejects if the host cannot continue; never settles otherwise. */
  broken: Promise<never>;
  /** Whether the host would continue the study without this command. */
  isCaredFor: () => Promise<boolean>;
  /** Makes the host continue until the study has ended, even without this command. */
  stay: () => Promise<void>;
}

const pause = 50;
const watchInterval = 500;
/** More than `mostStarts` hosts started by one command within `window` milliseconds mean that another would not help. */
const mostStarts = 5;
const window = 10 * 60_000;

/**
 * Joins the host of a state folder, and starts one if there is none. `teardown` leaves it: it waits for the host to end, or says who else
 * needs it.
 * @throws ConfigError if the host uses another store or server, HostFailure if it cannot do the work
 */
export async function joinHost(options: JoinOptions): Promise<JoinedHost> {
  const { state, host, name, studyId, signal, say, teardown } = options;
  await setUpNativeParts(host.needsTensorFlow, signal);
  const identity = (await processIdentity(process.pid))!;
  const self: HostUser = { name, studyId, options: host, by: { kind: 'process', pid: process.pid, identity } };
  const stopFollowing = await followHostLog(hostLog(state), say);
  teardown.add('messages of the host', stopFollowing);
  await addUser(state, self);
  teardown.add(
    'use of the host',
    () => leave(state, self, say),
    () => forceHost(state),
  );
  const starter = new HostStarter(options);
  const ready = await starter.ready(signal);
  const target = (await configuredTarget()) ?? localTarget(ready.server.address);
  const watching = new AbortController();
  teardown.add('watch over the host', () => watching.abort());
  const broken = keepReady(starter, ready, watching.signal, say);
  broken.catch(() => undefined);
  return {
    target,
    uiAddress: ready.server.uiAddress ?? undefined,
    pid: ready.pid,
    broken,
    isCaredFor: async () => (await usersOf(state)).some((user) => user.studyId === studyId && !isSame(user, self)),
    stay: () => addUser(state, { name, studyId, options: host, by: { kind: 'study' } }),
  };
}

const isSame = (a: HostUser, b: HostUser) => JSON.stringify(a.by) === JSON.stringify(b.by);

type ReadyHost = HostDescription & { server: NonNullable<HostDescription['server']> };

/** Starts hosts until one is ready. */
class HostStarter {
  readonly #options: JoinOptions;
  readonly #starts: number[] = [];
  /** Process ids of hosts that this command has started or seen at work. */
  readonly #known = new Set<number>();
  #started: SpawnedHost | undefined;

  constructor(options: JoinOptions) {
    this.#options = options;
  }

  /**
   * Waits until a host is ready.
   * @throws HostFailure if it cannot become ready
   */
  async ready(signal: AbortSignal): Promise<ReadyHost> {
    for (;;) {
      signal.throwIfAborted();
      const found = await readDescription(this.#options.state);
      if (found?.isAlive === true && found.failure === null) {
        this.#known.add(found.pid);
        if (found.phase === 'ready' && !this.#isToBeReplaced(found)) return this.#checked(found as ReadyHost);
      } else if (found?.failure != null && this.#known.has(found.pid)) throw new HostFailure(found.failure);
      // A host that has ended, because it had no users or was killed, is replaced; if one is ending, this waits.
      else if (found?.isAlive !== true && (this.#started === undefined || this.#started.ended() !== undefined))
        await this.#start();
      await sleep(pause);
    }
  }

  /** Whether a host is about to end because this command needs one that can train (`untilUnused` in run-host.ts). */
  #isToBeReplaced({ options }: HostDescription): boolean {
    return options.isRehearsal && !this.#options.host.isRehearsal;
  }

  async #start(): Promise<void> {
    const { state, host } = this.#options;
    const now = Date.now();
    this.#starts.push(now);
    if (this.#starts.filter((time) => now - time < window).length > mostStarts)
      throw new EnvironmentError(
        `The process that does the work in ${state.root} ends again and again (${this.#started?.ended()}), or another program holds the folder; see ${hostLog(state)}`,
      );
    // A rehearsal host cannot train, but one that trains can also rehearse.
    const users = await usersOf(state);
    const demanding = users.find(({ options }) => !options.isRehearsal);
    this.#started = await spawnHost(state, host.isRehearsal ? (demanding?.options ?? host) : host);
    if (this.#started.pid !== undefined) this.#known.add(this.#started.pid);
  }

  async #checked(found: ReadyHost): Promise<ReadyHost> {
    const { state, store, host } = this.#options;
    const configured = await configuredTarget();
    const who = `process ${found.pid}, which does the work in ${state.root}`;
    const another = 'wait until it has ended, or use another folder: --state <dir>';
    if (found.store !== store)
      throw new ConfigError(`${who}, has another store`, [`it has ${found.store}, not ${store}`, another]);
    const { address, namespace } = found.server;
    const other =
      configured !== undefined &&
      (configured.connectionOptions.address !== address || configured.namespace !== namespace);
    if (other || (configured === undefined) !== (found.server.uiAddress !== null))
      throw new ConfigError(`${who}, is connected to another Temporal server`, [
        `it works for ${address}, namespace ${namespace}`,
        another,
      ]);
    if (this.#starts.length === 0) this.#sayDifferences(found.options, host);
    return found;
  }

  /** Names the options of this command that have no effect because another command started the host with different ones. */
  #sayDifferences(its: HostOptions, own: HostOptions): void {
    const differing = (['slots', 'gpus', 'threads', 'dataRoot', 'dataCache', 'metrics', 'stopSeconds'] as const).filter(
      (name) => own[name] !== undefined && JSON.stringify(own[name]) !== JSON.stringify(its[name]),
    );
    if (differing.length === 0) return;
    const names = differing.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
    this.#options.say(
      `${names.join(', ')}: not applied, because the workers of this folder are already running, with the options of the command that started them.`,
    );
  }
}

/** Starts a new host whenever the last one is lost; its server may have a different address. Rejects if that fails. */
async function keepReady(
  starter: HostStarter,
  first: ReadyHost,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<never> {
  for (let host = first; ;) {
    if (signal.aborted) return new Promise<never>(() => {});
    await sleep(watchInterval, undefined, { signal }).catch(() => undefined);
    const ready = await starter.ready(signal);
    if (ready.pid === host.pid) continue;
    say(`The process that did the work (${host.pid}) had ended and was started again; studies continue.`);
    const { uiAddress } = ready.server;
    if (uiAddress !== null && uiAddress !== host.server.uiAddress) say(`Temporal UI: ${uiAddress}`);
    host = ready;
  }
}

/** Milliseconds, in addition to those in which trainings must end, after which a host that should end is killed. */
const patience = 10_000;

/** Leaves a host; waits until it has ended if nobody else needs it. */
async function leave(state: StateFolder, self: HostUser, say: (text: string) => void): Promise<void> {
  await removeUser(state, self);
  for (const since = Date.now(); ; await sleep(pause)) {
    const others = await usersOf(state);
    if (others.length > 0) return say(`Still at work in this folder: ${others.map(describeUser).join(', ')}`);
    const { options, isAlive } = (await readDescription(state)) ?? { options: self.options, isAlive: false };
    if (!isAlive) return;
    const { stopSeconds = defaultStopSeconds } = options;
    if (Date.now() - since > patience + 1000 * stopSeconds) return forceHost(state);
  }
}

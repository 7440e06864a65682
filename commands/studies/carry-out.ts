import { isUnderWay } from '../../control/status.ts';
import { Studies } from '../../control/studies.ts';
import { openServer } from '../../control/study-server.ts';
import { exitCodes, StudyError } from '../../lib/core/errors.ts';
import { stateFolder } from '../../lib/core/files/state-folder.ts';
import { openStore } from '../../lib/store/open-store.ts';
import type { StudyConfig } from '../../lib/study/config.ts';
import type { WorkerOptions } from '../../runtime/devices.ts';
import type { HostOptions } from '../../runtime/host/host-options.ts';
import { joinHost, type JoinedHost } from '../../runtime/host/join-host.ts';
import { Teardown } from '../../runtime/teardown.ts';
import { Interruption } from '../interruption.ts';
import { followStudy } from './follow-study.ts';
import type { StudiesOptions } from './open-studies.ts';
import { printResults, rehearsalColours, rehearsalNote } from './results.ts';
import { printJson, say } from '../terminal/print.ts';

export interface CarryOutOptions extends WorkerOptions, StudiesOptions {
  /** Whether the command ends as soon as the study is running. */
  detach: boolean;
  json: boolean;
}

/** A command's work on a study. */
export interface Undertaking {
  /** E.g. `start`. */
  command: string;
  /** The study that is carried out. */
  studyId: string;
  /** Its config. */
  config: StudyConfig;
  /** Starts or changes the study; returns what `--json` reports about that, in addition to the results. */
  begin: (studies: Studies) => Promise<Record<string, unknown>>;
  /** Whether the command only changes the study: it then does not follow a study that another command is following. */
  isChange: boolean;
}

/**
 * Carries out a study on this machine: starts a server and workers unless they are already running, begins the study, shows its progress
 * and its results, and leaves nothing running that nobody else needs.
 * @returns exit code
 */
export async function carryOut(
  options: CarryOutOptions,
  { command, studyId, config, begin, isChange }: Undertaking,
): Promise<number> {
  const state = stateFolder(options.state);
  const store = openStore(options.store, state);
  const teardown = new Teardown();
  const interruption = new Interruption({ force: () => teardown.force(), patience: options.stopSeconds });
  const { signal } = interruption;
  try {
    const isRehearsal = config.rehearsal !== undefined;
    const needsTensorFlow = !isRehearsal && config.trainer === undefined;
    const host = { ...hostOptions(options, state.root), isRehearsal, needsTensorFlow };
    const name = `${command} ${studyId}`;
    const joined = await joinHost({ state, store: store.location, host, name, studyId, signal, say, teardown });
    const studies = new Studies({ store, server: await openServer(state) });
    teardown.add('connection of the client', () => studies.close());
    const begun = await begin(studies);
    if (isChange && (await joined.isCaredFor())) {
      if (options.json) printJson({ studyId, ...begun });
      return exitCodes.success;
    }
    if (isRehearsal) say(rehearsalNote, rehearsalColours);
    say(whereToLook(studyId, joined));
    if (options.detach) {
      await joined.stay();
      say(`Process ${joined.pid} does its work until it ends: status ${studyId} shows its progress, cancel ends it.`);
      if (options.json) printJson({ studyId, ...begun });
      return exitCodes.success;
    }
    const study = studies.study(studyId);
    const followed = await followStudy(study, joined, signal);
    if (followed === 'interrupted') return exitCodes.interrupted;
    if (followed.state !== 'finished')
      throw new StudyError(
        `The study ${studyId} ${isUnderWay(followed.state) ? 'is on hold' : followed.state}${followed.failure === null ? '' : `: ${followed.failure}`}`,
      );
    await printResults(store, studyId, options.json ? begun : undefined);
    return exitCodes.success;
  } catch (error) {
    if (signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    if (signal.aborted) say('Stopping ...');
    await teardown.run();
    interruption.dispose();
    if (signal.aborted) say('Stopped. The same command continues.');
  }
}

function hostOptions(
  { store, slots, gpus, threads, dataRoot, dataCache, metrics, stopSeconds }: CarryOutOptions,
  state: string,
): Omit<HostOptions, 'isRehearsal' | 'needsTensorFlow'> {
  const given = Object.entries({ store, slots, gpus, threads, dataRoot, dataCache, metrics, stopSeconds });
  return { state, ...Object.fromEntries(given.filter(([, value]) => value !== undefined)) };
}

function whereToLook(id: string, { uiAddress, target }: JoinedHost): string {
  const { namespace, connectionOptions } = target;
  return uiAddress === undefined
    ? `Study: ${id} in the namespace ${namespace} of ${connectionOptions.address}`
    : `Temporal UI: ${uiAddress}\nStudy: ${uiAddress}/namespaces/${namespace}/workflows/${encodeURIComponent(id)}`;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { runningServer } from '../../control/running-server.ts';
import type { InstructionOptions } from '../../control/instructions.ts';
import { connect, type Study } from '../../index.ts';
import { ConfigError } from '../../lib/core/errors.ts';
import { stateFolder } from '../../lib/core/files/state-folder.ts';
import { stream } from '../../lib/core/random.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import { comparableRecords } from '../control/stored-records.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { RunningProgram } from './running-program.ts';
import { hostOf, takeAddress } from './taken-address.ts';
import { processesWith, RehearsedStudy } from './tiny-study.ts';

/** `BEYOND_IMAGENET_SOAK_MINUTES=10 BEYOND_IMAGENET_SOAK_SEED=7 npm run test:soak -- one-machine` */
const minutes = Number(process.env['BEYOND_IMAGENET_SOAK_MINUTES'] ?? 30);
const seed = Number(process.env['BEYOND_IMAGENET_SOAK_SEED'] ?? Date.now() % 1e6);
const random = stream(seed, 'soak');
const below = (bound: number) => Math.floor(random.uniform() * bound);

const id = 'mine';
const first = 8;
const startIn = (state: string, networks: number) =>
  new RehearsedStudy(state, id, { networks, secondsPerRun: 6 }, '--set', 'execution.concurrentRunsPerDataset=2');
const extendIn = (state: string, networks: number) =>
  new RunningProgram('client', ['extend', id, '--architectures', String(networks), '--state', state]);

test(
  'a study whose commands, host and server are killed or lose their address ends as if nothing had happened',
  { timeout: (minutes + 30) * 60_000 },
  async () => {
    process.stderr.write(`${minutes} minutes, seed ${seed}\n`);
    const state = await temporaryFolder();
    const { temporal, store } = stateFolder(state);
    let command: RunningProgram = startIn(state, first);
    let architectures = first;
    await command.said(/^training/m);
    const studies = await connect({ state });
    const acknowledged: string[] = [];
    const hasEnded = () => command.process.exitCode !== null || command.process.signalCode !== null;
    /** Continues the study if its command has ended, or extends it if the study has ended, too. */
    const goOn = () => {
      if (!hasEnded()) return;
      // No disturbance may make a command fail.
      expect([0, 130, null], command.stderr).toContain(command.process.exitCode);
      command = command.process.exitCode === 0 ? extendIn(state, ++architectures) : startIn(state, first);
    };

    /** Sends a signal to a process that may have ended. */
    const send = (pid: number | undefined, signal: NodeJS.Signals) => {
      try {
        if (pid !== undefined) process.kill(pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    };
    const killHost = async () => send((await hostOf(state)).pid, 'SIGKILL');
    const killServer = async () => send((await runningServer(temporal))?.pid, 'SIGKILL');
    const disturbances: Record<string, () => Promise<unknown>> = {
      'the host is killed': killHost,
      'the server is killed': killServer,
      'the host and the server are killed': () => Promise.all([killHost(), killServer()]),
      'the host stands still': async () => {
        const { pid } = await hostOf(state);
        send(pid, 'SIGSTOP');
        await sleep(below(10_000));
        send(pid, 'SIGCONT');
      },
      'another takes the address of the server': async () => {
        const { pid, phase, isAlive } = await hostOf(state);
        if (!isAlive || phase !== 'ready' || (await runningServer(temporal)) === undefined) return;
        const other = await takeAddress(state, await temporaryFolder(), onTestFinished);
        send(pid, below(2) === 0 ? 'SIGCONT' : 'SIGKILL');
        await sleep(below(15_000));
        await other.stop();
      },
      'the command is killed': () => command.stop('SIGKILL'),
      'the command is interrupted': () => command.stop('SIGINT'),
      'the host and the command are killed': () => Promise.all([command.stop('SIGKILL'), killHost()]),
      'another command follows the study': async () => {
        const other = startIn(state, first);
        await Promise.race([other.ended(), sleep(below(10_000))]);
        await other.stop(below(2) === 0 ? 'SIGINT' : 'SIGKILL');
      },
    };
    const say = async (kind: string, work: (study: Study, options: InstructionOptions) => Promise<unknown>) => {
      const instruction = `${kind}-${acknowledged.length}-${below(1e9)}`;
      for (const deadline = Date.now() + 300_000; ; await sleep(1000))
        try {
          await work(studies.study(id), { id: instruction });
          acknowledged.push(instruction);
          return;
        } catch (error) {
          if (error instanceof ConfigError && /not running/.test(error.message)) return;
          if (Date.now() > deadline) throw error;
        }
    };
    const words: Record<string, () => Promise<void>> = {
      pause: async () => {
        await say('pause', (study, options) => study.pause(options));
        await say('resume', (study, options) => study.resume(options));
      },
      limit: () => say('limit', (study, options) => study.limit([1, 4, 16, null][below(4)]!, options)),
      extend: () => {
        architectures += 1 + below(4);
        return say('extend', (study, options) => study.extend({ architectures }, options));
      },
    };
    let isOver = false;
    const going = (async () => {
      for (; !isOver; await sleep(500)) goOn();
    })();
    const pick = <Value>(from: Record<string, Value>) => Object.entries(from)[below(Object.keys(from).length)]!;

    for (const deadline = Date.now() + minutes * 60_000; Date.now() < deadline; await sleep(below(4000))) {
      const [[what, disturb], [word, speak]] = [pick(disturbances), pick(words)];
      process.stderr.write(`${new Date().toISOString()} ${word} while ${what}\n`);
      const results = await Promise.allSettled([disturb(), speak()]);
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    }
    await say('resume', (study, options) => study.resume(options));
    await say('limit', (study, options) => study.limit(null, options));
    isOver = true;
    await going;
    await command.ended();
    const last = extendIn(state, architectures);
    expect(await last.ended(), last.stderr).toBe(0);
    await studies.close();
    expect(await processesWith(state)).toEqual([]);

    const documents = new StudyDocuments(openDirectoryStore(store), id);
    const instructions = (await documents.instructions()).map((instruction) => instruction.id);
    expect(new Set(instructions).size).toBe(instructions.length);
    expect(instructions.filter((each) => acknowledged.includes(each))).toEqual(acknowledged);
    const undisturbed = await temporaryFolder();
    const other = startIn(undisturbed, architectures);
    expect(await other.ended(), other.stderr).toBe(0);
    const records = await comparableRecords(openDirectoryStore(store), id);
    expect(records.size).toBe(2 * architectures);
    const theirs = await comparableRecords(openDirectoryStore(stateFolder(undisturbed).store), id);
    expect([...records.keys()].sort()).toEqual([...theirs.keys()].sort());
    for (const [key, record] of records) expect(record).toEqual(theirs.get(key));
  },
);

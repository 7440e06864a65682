import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { connect, type Study } from '../../index.ts';
import { writeFileAtomically } from '../../lib/core/files/atomic-write.ts';
import { documents } from '../../tools/json-schemas.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';
import { RunningProgram } from './running-program.ts';
import { hostOf, takeAddress } from './taken-address.ts';
import { processesWith, RehearsedStudy, StartedStudy } from './tiny-study.ts';

const root = sharedTemporaryFolder();
const newFolder = () => mkdtemp(join(root, 'folder-'));

const command = (state: string, ...args: string[]) => new RunningProgram('client', [...args, '--state', state]);

/** The last state of a study, as a program sees it that watches it. */
async function watched(study: Study): Promise<string | undefined> {
  let last: string | undefined;
  for await (const { state } of study.watch()) last = state;
  return last;
}

/** Settles when a study that no command follows has ended, and nothing works for it any more. */
async function endOf(state: string): Promise<void> {
  const studies = await connect({ state });
  const status = () => studies.study('mine').status();
  await vi.waitFor(async () => expect((await status()).state).toBe('finished'), { timeout: 120_000, interval: 200 });
  await studies.close();
  await vi.waitFor(async () => expect(await processesWith(state)).toEqual([]), { timeout: 30_000, interval: 200 });
}

interface Results {
  studyId: string;
  runs: Record<string, { finished: number; reused: number }>;
}

/** What a command that changes a study prints with `--json`, which is what its schema says. */
function answerOf({ stdout }: Pick<RunningProgram, 'stdout'>): Results {
  const answer = JSON.parse(stdout) as Results;
  expect(documents['change']!.schema.safeParse(answer).error).toBeUndefined();
  return answer;
}

const trained = ({ runs }: Results) => Object.values(runs).reduce((sum, { finished }) => sum + finished, 0);

// Each waits for other processes most of the time.
describe.concurrent('several commands in one state folder', { timeout: 240_000 }, () => {
  test('when one ends, it leaves server and workers to the others, and names them; the last one ends them', async () => {
    const state = await newFolder();
    const long = new RehearsedStudy(state, 'long', { secondsPerRun: 15 }, '--json');
    await long.said(/^training/m);
    // However slow this machine is, it does not end before the other one.
    const studies = await connect({ state });
    await studies.study('long').pause();
    const short = new RehearsedStudy(state, 'short', {}, '--set', 'seeds.training=5');
    expect(await short.ended(), short.stderr).toBe(0);
    expect(short.stderr).toContain(`Still at work in this folder: start long (process ${long.process.pid})`);
    expect(long.process.exitCode).toBeNull();
    await studies.study('long').resume();
    await studies.close();
    expect(await long.ended(), long.stderr).toBe(0);
    expect(trained(answerOf(long))).toBe(4);
    expect(await processesWith(state)).toEqual([]);
  });

  test('damaged notes are written again; retry, extend and variant of an ended study are carried out in the foreground', async () => {
    const state = await newFolder();
    const notes = { 'host.json': '', 'users/process-1.json': '{', 'temporal/server.json': '{"pid":0}' };
    for (const [file, text] of Object.entries(notes)) await writeFileAtomically(join(state, file), text);
    const list = command(state, 'list');
    expect(await list.ended(), list.stderr).toBe(0);
    const first = new RehearsedStudy(state, 'mine', {}, '--set', 'rehearsal.failureRate=0', '--json');
    expect(await first.ended(), first.stderr).toBe(0);
    await expect(readFile(join(state, 'users/process-1.json'))).rejects.toThrow('ENOENT');

    const retry = command(state, 'retry', 'mine', '--json');
    expect(await retry.ended(), retry.stderr).toBe(0);
    expect(retry.stderr).toContain('No run has failed.');
    expect(answerOf(retry)).toMatchObject({ studyId: 'mine', action: 'retried', retried: {} });

    const others = ['--set', 'protocol.epochs=9', '--set', 'population.count=3'];
    const extend = command(state, 'extend', 'mine', '--architectures', '3', '--json');
    const variant = command(state, 'variant', 'mine', '--id', 'other', ...others, '--json');
    expect(await extend.ended(), extend.stderr).toBe(0);
    const extended = answerOf(extend);
    expect(extended).toMatchObject({ studyId: 'mine', action: 'extended', totalRuns: 6 });
    expect(trained(extended)).toBe(6);

    expect(await variant.ended(), variant.stderr).toBe(0);
    const varied = answerOf(variant);
    expect(varied).toMatchObject({ studyId: 'other', variantOf: 'mine' });
    expect(trained(varied)).toBe(6);
    expect(await processesWith(state)).toEqual([]);
  });

  test('the process that does the work is started again when it is killed, and found at its new address', async ({
    onTestFinished,
  }) => {
    const state = await newFolder();
    const study = new RehearsedStudy(state, 'mine', { secondsPerRun: 15 }, '--json');
    await study.said(/^training/m);
    const studies = await connect({ state });
    const seen = watched(studies.study('mine'));
    await studies.study('mine').pause();
    const { pid } = await hostOf(state);
    const other = await takeAddress(state, await newFolder(), onTestFinished);
    // Its server is away now: the instruction arrives when the next one runs.
    const resuming = studies.study('mine').resume({ id: 'while-away' });
    process.kill(pid, 'SIGKILL');
    expect(await study.ended(), study.stderr).toBe(0);
    expect(study.stderr).toContain(`The process that did the work (${pid}) had ended and was started again`);
    const [first, second] = [...study.stderr.matchAll(/^Temporal UI: (.+)$/gm)].map(([, address]) => address);
    expect(first).toBe(other.uiAddress);
    expect(second).toMatch(/^http:/);
    expect(second).not.toBe(first);
    expect(trained(answerOf(study))).toBe(4);
    expect(await seen).toBe('finished');
    await resuming;
    expect((await studies.study('mine').status()).instructions).toMatchObject([
      { kind: 'pause' },
      { id: 'while-away' },
    ]);
    await studies.close();
    expect(await processesWith(state)).toEqual([]);
  });

  test('--detach leaves the work to a process that ends with the study, and moves it when another program takes the address of its server', async ({
    onTestFinished,
  }) => {
    const state = await newFolder();
    const start = new RehearsedStudy(state, 'mine', { secondsPerRun: 15 }, '--detach', '--json');
    expect(await start.ended(), start.stderr).toBe(0);
    expect(answerOf(start)).toEqual({ studyId: 'mine', action: 'started' });
    const { pid } = await hostOf(state);
    expect(start.stderr).toContain(`Process ${pid} does its work until it ends`);
    const studies = await connect({ state });
    await studies.study('mine').pause();
    await takeAddress(state, await newFolder(), onTestFinished);
    process.kill(pid, 'SIGCONT');
    await studies.study('mine').resume();
    await studies.close();
    await endOf(state);
    expect((await hostOf(state)).pid).not.toBe(pid);
    const again = new RehearsedStudy(state, 'mine', { secondsPerRun: 15 });
    expect(await again.ended(), again.stderr).toBe(0);
    expect(again.stderr).toContain('already finished');
  });

  test('the real variant of a rehearsal that is running replaces its host by one that trains: both studies finish', async () => {
    const state = await newFolder();
    const rehearsal = new StartedStudy(state, '--rehearse', '--set', 'rehearsal.secondsPerRun=15', '--json');
    await rehearsal.said(/^training/m);
    const { pid, options } = await hostOf(state);
    expect(options.isRehearsal).toBe(true);
    const variant = command(
      state,
      'variant',
      'tiny',
      '--id',
      'real',
      '--set',
      'rehearsal=null',
      '--slots',
      '2',
      '--json',
    );
    expect(await variant.ended(), variant.stderr).toBe(0);
    expect(trained(answerOf(variant))).toBe(4);
    expect(await rehearsal.ended(), rehearsal.stderr).toBe(0);
    expect(trained(answerOf(rehearsal))).toBe(4);
    expect(rehearsal.stderr).toContain(`The process that did the work (${pid}) had ended and was started again`);
    expect(await processesWith(state)).toEqual([]);
  });
});

describe('while a command is at work in a state folder', { timeout: 120_000 }, () => {
  let state: string;
  let study: RehearsedStudy;
  beforeAll(async () => {
    state = await newFolder();
    study = new RehearsedStudy(state, 'mine', { secondsPerRun: 600 });
    await study.said(/^training/m);
  });

  test('incompatible options are refused by name', async () => {
    const other = new RehearsedStudy(state, 'other', {}, '--store', join(state, 'elsewhere'));
    expect(await other.ended()).toBe(2);
    expect(other.stderr).toMatch(/has another store:\n.*it has .*store, not .*elsewhere/);
    const third = ['start', '--rehearse', '--id', 'third', '--state', state];
    const onAnotherServer = new RunningProgram('client', third, { TEMPORAL_ADDRESS: '127.0.0.1:9' });
    expect(await onAnotherServer.ended()).toBe(2);
    expect(onAnotherServer.stderr).toMatch(/is connected to another Temporal server:\n.*it works for 127.0.0.1:\d+/);
  });

  test('a second Ctrl-C immediately ends it and everything it has started', async () => {
    process.kill((await hostOf(state)).pid, 'SIGSTOP');
    study.process.kill('SIGINT');
    await study.said(/^Stopping/m);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(study.process.exitCode).toBeNull();
    study.process.kill('SIGINT');
    expect(await study.ended()).toBe(130);
    await expect.poll(() => processesWith(state), { timeout: 5000 }).toEqual([]);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { TrainerProgram } from '../../../../lib/training/command/program.ts';
import { runCommand, type CommandResult } from '../../../../lib/training/command/train.ts';
import type { RunOptions } from '../../../../lib/training/carry-out.ts';
import type { RecordedEpoch, TrainingProgress } from '../../../../lib/training/metrics.ts';
import { hyperparametersIn, scalarsOf } from '../event-file-reader.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { python, stubPath, stubProgram, stubTask } from './stub-run.ts';

let work: string;
beforeEach(async () => {
  work = await temporaryFolder();
});

async function carriedOut(
  settings: object = {},
  options: RunOptions = {},
  program: Partial<TrainerProgram> = {},
): Promise<CommandResult> {
  return runCommand(await stubProgram(work, program), stubTask(work, settings), options);
}

/** What a run measured, without its times. */
const measured = ({ trainingSeconds, ...result }: CommandResult) => ({
  ...result,
  weightsFile: undefined,
  isTimed: trainingSeconds > 0,
});

/** The result of the run in a folder of its own, undisturbed. */
async function undisturbed(settings: object = {}) {
  const folder = await temporaryFolder();
  return measured(await runCommand(await stubProgram(folder), stubTask(folder, settings)));
}

const inRunFolder = (name: string) => join(work, 'run', name);

/** Whether a process has not ended; one that has may still be listed, if nobody has asked how it ended. */
const isRunning = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

describe('a run of a command trainer', () => {
  test('has the curve, the errors, the weights and the versions that its trainer writes', async () => {
    const progress: TrainingProgress[] = [];
    const result = await carriedOut({}, { onProgress: (news) => progress.push(news) });
    expect(result).toMatchObject({
      outcome: 'finished',
      failure: null,
      versions: { stub: '1', engine: 'command/stub@1+0', device: 'CPU, 1 thread' },
      weightsFile: inRunFolder('weights.txt'),
      evaluation: { test: { images: 50, top5Error: null }, validation: { images: 20 } },
    });
    expect(result.curve).toHaveLength(3);
    expect(result.curve[1]).toMatchObject({
      epoch: 2,
      learningRate: null,
      imagesPerSecond: null,
      metrics: { norm: 2 },
    });
    expect(result.curve[1]!.trainingLoss).toBe(result.curve[1]!.validationTop1Error);
    expect(progress.map(({ epoch, epochs }) => [epoch, epochs])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(progress.at(-1)!.imagesPerSecond).toBeGreaterThan(0);
  });

  test('reports its settings, the numbers of each epoch (once for all attempts) and its test to TensorBoard', async () => {
    const task = (settings: object) => ({
      ...stubTask(work, { optimizer: { name: 'sgd', nesterov: true }, ...settings }),
      tensorBoard: true,
    });
    const program = await stubProgram(work);
    await expect(runCommand(program, task({ misbehaviour: 'exception', epoch: 3 }))).rejects.toThrow('bug');
    const { eventsDirectory, curve, evaluation } = await runCommand(program, task({}));
    const [file, ...others] = await readdir(eventsDirectory!);
    expect(others).toEqual([]);
    const path = join(eventsDirectory!, file!);
    const scalars = await scalarsOf(path);
    const valuesOf = (tag: string) =>
      scalars.filter((scalar) => scalar.tag === tag).map(({ step, value }) => [step, value]);
    const perEpoch = (numberOf: (epoch: RecordedEpoch) => number) =>
      curve.map((epoch) => [epoch.epoch, Math.fround(numberOf(epoch))]);
    expect(valuesOf('loss/training')).toEqual(perEpoch(({ trainingLoss }) => trainingLoss!));
    expect(valuesOf('top_1_error/validation')).toEqual(perEpoch(({ validationTop1Error }) => validationTop1Error!));
    expect(valuesOf('norm')).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(valuesOf('top_1_error/test')).toEqual([[3, Math.fround(evaluation!.test.top1Error)]]);
    expect(valuesOf('learning_rate')).toEqual([]);
    expect(await hyperparametersIn(path)).toEqual({
      ...{ network: 'net', trainer: 'stub', dataset: 'digits', seed: 0, 'spec.layers': 3 },
      ...{ 'optimizer.name': 'sgd', 'optimizer.nesterov': true },
    });
  });

  test('that diverges has a curve and the reason', async () => {
    const result = await carriedOut({ misbehaviour: 'diverge' });
    expect(result).toMatchObject({ outcome: 'diverged', failure: 'the loss was nan in epoch 2', evaluation: null });
    expect(result.curve).toHaveLength(1);
  });

  test('receives what it needs, and no more of the environment than a program needs', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('TEMPORAL_API_KEY', 'secret');
    vi.stubEnv('SOME_TOKEN', 'secret');
    vi.stubEnv('HF_HOME', '/models');
    const script =
      'import json, os, sys; json.dump(dict(os.environ), open(os.environ["BEYOND_IMAGENET_RUN"] + "/environment.json", "w"))';
    const command = [await python(), '-c', script];
    await expect(
      carriedOut({ lr: 1 }, {}, { command, environment: ['HF_HOME', 'TEMPORAL_API_KEY', 'AWS_SECRET_ACCESS_KEY'] }),
    ).rejects.toThrow('ended with exit code 0 and without a result.json');
    const environment = JSON.parse(await readFile(inRunFolder('environment.json'), 'utf8')) as Record<string, string>;
    expect(environment).toMatchObject({
      ...{ HF_HOME: '/models', OMP_NUM_THREADS: '1', CUDA_VISIBLE_DEVICES: '-1' },
      BEYOND_IMAGENET_RUN: join(work, 'run'),
    });
    expect(environment['PATH']).toContain(process.env['PATH']);
    expect(JSON.stringify(environment)).not.toContain('secret');
    expect(JSON.parse(await readFile(inRunFolder('run.json'), 'utf8'))).toEqual({
      ...{ format: 1, runKey: 'stub-run', attempt: 1, seed: 0, settings: { lr: 1 }, predictions: false, resume: null },
      architecture: { name: 'net', spec: { layers: 3 } },
      dataset: stubTask(work).dataset,
      device: { kind: 'cpu', threads: 1 },
    });
  });

  test('runs in the folder of its files', async () => {
    await stubProgram(work);
    await writeFile(join(work, 'trainer', 'mine.py'), await readFile(stubPath));
    expect((await carriedOut({}, {}, { command: [await python(), 'mine.py'] })).outcome).toBe('finished');
  });

  test('has its lines in the log, but at a limited rate', async () => {
    const lines: string[] = [];
    const script = 'print("\\x1b[31mred"); print(*range(100_000), sep="\\r")';
    await expect(
      carriedOut({}, { onLog: (line) => lines.push(line) }, { command: [await python(), '-c', script] }),
    ).rejects.toThrow('99999');
    expect(lines[0]).toBe('\\u{1b}[31mred');
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.length).toBeLessThan(1000);
  });
});

describe('a failure', () => {
  test.each([
    [
      'an exception',
      { misbehaviour: 'exception' },
      'crash',
      /^the trainer stub ended with exit code 1: RuntimeError: the trainer has a bug; its last output:\nTraceback.*RuntimeError/s,
    ],
    ['exit code 65', { misbehaviour: 'exit', code: 65 }, 'input', /exit code 65 \(its data or settings are wrong\)/],
    ['exit code 69', { misbehaviour: 'exit', code: 69 }, 'unsuitable-worker', /exit code 69 \(this machine lacks/],
    ['exit code 75', { misbehaviour: 'exit', code: 75 }, 'infrastructure', /exit code 75 \(a temporary failure\)/],
    ['exit code 127', { misbehaviour: 'exit', code: 127 }, 'unsuitable-worker', /a command is not on this machine/],
    [
      'a reason of its own',
      { misbehaviour: 'exit', code: 3, failure: 'no \u001b[2Jweights\n' },
      'crash',
      /^the trainer stub ended with exit code 3: no \\u\{1b\}\[2Jweights; its last output:\nabout to end$/,
    ],
    [
      'SIGKILL',
      { misbehaviour: 'signal', code: 9 },
      'crash',
      /was ended by SIGKILL, most often by the operating system when memory/,
    ],
    ['SIGSEGV', { misbehaviour: 'signal', code: 11 }, 'crash', /was ended by SIGSEGV/],
    ['a full disk', { misbehaviour: 'disk-full' }, 'infrastructure', /no space is left on the disk/],
    [
      'no result',
      { misbehaviour: 'no-result' },
      'crash',
      /exit code 0 and without a result\.json; its last output:\nnearly done$/,
    ],
    [
      'half a result',
      { misbehaviour: 'half-a-result' },
      'crash',
      /^result\.json is not what docs\/trainers\.md says: .*; its last output:\nnearly done$/s,
    ],
    [
      'an error above 1',
      { result: { test: { images: 50, top1Error: 1.5, loss: 1 } } },
      'crash',
      /test\.top1Error must be at most 1, got 1\.5; its last output:\nnearly done$/,
    ],
    [
      'an error that is not a number',
      { text: '{"outcome": "finished", "test": {"images": 50, "top1Error": NaN, "loss": 1}}' },
      'crash',
      /result\.json is not JSON.*; its last output:\nnearly done$/s,
    ],
  ])('by %s has its category and its reason', async (_what, settings, category, message) => {
    await expect(carriedOut(settings)).rejects.toMatchObject({
      category,
      message: expect.stringMatching(message) as string,
    });
  });

  test("is the worker's alone if it lacks the command", async () => {
    await expect(carriedOut({}, {}, { command: ['no-such-program'] })).rejects.toMatchObject({
      category: 'unsuitable-worker',
      message: expect.stringContaining(
        'the command "no-such-program" of the trainer cannot be run on this machine',
      ) as string,
    });
  });

  test('is weights that do not exist', async () => {
    const failing = carriedOut({ result: { files: { weights: 'none.bin' } } });
    await expect(failing).rejects.toThrow('files.weights must name a file in the folder of the run, got none.bin');
  });

  test.each([
    ['deletes the folder of its run', { name: '.', becomes: 'nothing' }, /without a result\.json/],
    ['makes that folder a file', { name: '.', becomes: 'file' }, /has changed the folder of its run: .*ENOTDIR/],
    ['makes a file of its checkpoints', { name: 'checkpoints', becomes: 'file' }, /has changed the folder.*ENOTDIR/],
    ['makes folders of files', { name: 'metrics.jsonl', becomes: 'folder' }, /without a result\.json/],
    ['makes a folder of its result', { name: 'result.json', becomes: 'folder' }, /must be a file, not a link, folder/],
    ['makes a folder of its order', { name: 'run.json', becomes: 'folder' }, /without a result\.json/],
  ])('is a crash if a trainer %s; the next attempt is as good as the first', async (_what, ruin, message) => {
    const settings = { misbehaviour: 'ruin', epoch: 2, code: 0, pause: 0, checkpoints: false, ...ruin };
    await expect(carriedOut(settings)).rejects.toMatchObject({
      category: 'crash',
      message: expect.stringMatching(message) as string,
    });
    expect(measured(await carriedOut({ checkpoints: false }))).toEqual(await undisturbed({ checkpoints: false }));
  });

  test('is a crash if a trainer that should pause has replaced the file that says so by a folder', async () => {
    const pause = new AbortController();
    const settings = { misbehaviour: 'ruin', name: 'stop', becomes: 'folder', code: 0, pause: 3600 };
    const pausing = carriedOut(settings, {
      pause: pause.signal,
      onLog: (line) => {
        if (line === 'ruined') pause.abort();
      },
    });
    await expect(pausing).rejects.toMatchObject({
      category: 'crash',
      message: expect.stringMatching(/has changed the folder of its run: .*(EISDIR|ENOTEMPTY|EEXIST)/) as string,
    });
  });

  test('is a GPU that the worker does not see', async () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '0');
    const task = { ...stubTask(work), device: { kind: 'gpu' as const, index: 1 } };
    await expect(runCommand(await stubProgram(work), task)).rejects.toMatchObject({ category: 'unsuitable-worker' });
  });
});

describe('a disturbed run equals an undisturbed one', () => {
  test('if its trainer crashes in every epoch but continues from its checkpoints', async () => {
    for (const epoch of [2, 3]) {
      const failing = carriedOut({ misbehaviour: 'exception', epoch });
      await expect(failing).rejects.toMatchObject({ category: 'crash' });
    }
    const settings = { misbehaviour: 'exception', epoch: 3, attempts: 2 };
    const resumed = await carriedOut(settings);
    expect(resumed.curve).toHaveLength(3);
    expect(measured(resumed)).toEqual(await undisturbed());
  });

  test('if it is paused after an epoch', async () => {
    const pause = new AbortController();
    const settings = { epochs: 40, seconds: 0.05 };
    const checkpoints: string[] = [];
    const paused = await carriedOut(settings, {
      pause: pause.signal,
      onProgress: () => pause.abort(),
      onCheckpoint: ({ path }) => checkpoints.push(path),
    });
    expect(paused).toMatchObject({ outcome: 'paused', failure: null, evaluation: null });
    expect(paused.curve.length).toBeLessThan(40);
    expect(checkpoints.at(-1)).toBe(inRunFolder(`checkpoints/epoch-${paused.curve.length}`));
    expect(await readdir(inRunFolder('checkpoints'))).toHaveLength(2);
    const resumed = await carriedOut({ epochs: 40 });
    expect(measured(resumed)).toEqual(await undisturbed({ epochs: 40 }));
    expect(resumed.curve).toHaveLength(40);
  });

  test('if it is interrupted, and saves its state meanwhile', async () => {
    const interruption = new AbortController();
    const checkpoints: string[] = [];
    const interrupted = carriedOut(
      { misbehaviour: 'save-on-sigterm' },
      { signal: interruption.signal, onCheckpoint: ({ path }) => checkpoints.push(path) },
      { stopSeconds: 30 },
    );
    interrupted.catch(() => undefined);
    await expect
      .poll(
        () =>
          stat(inRunFolder('ready')).then(
            () => true,
            () => false,
          ),
        { timeout: 5000 },
      )
      .toBe(true);
    await rm(inRunFolder('checkpoints/epoch-1'), { recursive: true });
    interruption.abort(new Error('interrupted'));
    await expect(interrupted).rejects.toThrow('interrupted');
    expect(checkpoints.at(-1)).toBe(inRunFolder('checkpoints/epoch-2'));
  });

  test('if it starts again because it keeps no checkpoints', async () => {
    await expect(carriedOut({ checkpoints: false, misbehaviour: 'exception', epoch: 3 })).rejects.toThrow('bug');
    expect(measured(await carriedOut({ checkpoints: false }))).toEqual(await undisturbed());
  });
});

describe('no process outlives a run:', () => {
  test('one that ignores SIGTERM is killed', async () => {
    const interruption = new AbortController();
    const lines: string[] = [];
    const started = performance.now();
    const running = carriedOut(
      { misbehaviour: 'ignore-sigterm' },
      {
        signal: interruption.signal,
        onLog: (line) => {
          lines.push(line);
          if (line === 'ignoring SIGTERM') interruption.abort(new Error('cancelled'));
        },
      },
    );
    await expect(running).rejects.toThrow('cancelled');
    expect(lines).toContain('ignoring SIGTERM');
    expect(performance.now() - started).toBeGreaterThan(1000);
  });

  test('one that shows no progress is ended', async () => {
    const hanging = carriedOut({ misbehaviour: 'hang' }, {}, { silenceMinutes: 1 / 60 });
    await expect(hanging).rejects.toMatchObject({
      category: 'crash',
      message: expect.stringContaining('it had shown no progress for') as string,
    });
  });

  test('children, in its process group or in another one, end with it', async () => {
    expect((await carriedOut({ misbehaviour: 'children' })).outcome).toBe('finished');
    const children = (await readFile(inRunFolder('children'), 'utf8')).trim().split('\n').map(Number);
    expect(children).toHaveLength(2);
    expect(children.filter(isRunning)).toEqual([]);
  });

  test('they end if the worker is killed, and any that were missed end at the next attempt', async () => {
    const script = join(work, 'worker.mts');
    const url = (path: string) => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)));
    await writeFile(
      script,
      `import { runCommand } from ${url('../../../../lib/training/command/train.ts')};
      import { stubProgram, stubTask } from ${url('stub-run.ts')};
      const settings = { misbehaviour: 'children', epoch: 1, seconds: 0.2, epochs: 1000 };
      await runCommand(await stubProgram(${JSON.stringify(work)}), stubTask(${JSON.stringify(work)}, settings), {
        onProgress: () => console.log('progress'),
      });`,
    );
    const worker = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(worker.stdout, 'data');
    const children = (await readFile(inRunFolder('children'), 'utf8')).trim().split('\n').map(Number);
    expect(children.filter(isRunning)).toEqual(children);
    /** A process that has the environment of a run, as if its end had been missed. */
    const marked = (folder: string) =>
      spawn('sleep', ['3600'], { env: { ...process.env, BEYOND_IMAGENET_RUN: join(work, folder) }, stdio: 'ignore' });
    const [missed, other] = [marked('run'), marked('run-2')];
    worker.kill('SIGKILL');
    await expect.poll(() => children.filter(isRunning), { timeout: 10_000, interval: 50 }).toEqual([]);
    await expect.poll(() => missed.signalCode).toBe('SIGKILL');
    const later = marked('run');
    await once(later, 'spawn');
    await carriedOut();
    await expect.poll(() => later.signalCode).toBe('SIGKILL');
    expect(other.signalCode).toBeNull();
    other.kill('SIGKILL');
  });
});

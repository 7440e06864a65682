import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFailed, test, vi } from 'vitest';
import { ConfigError, type Studies, type Study, type StudyRequest } from '../../index.ts';
import { stream } from '../../lib/core/random.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import { RunningProgram } from '../commands/running-program.ts';
import { processesWith } from '../commands/tiny-study.ts';
import { sharedTemporaryFolder, temporaryFolder } from '../temporary-folder.ts';
import { absentBucket, absentDirectory, type AbsentStore } from './disturbances/absent-store.ts';
import { SmallDisk } from './disturbances/small-disk.ts';
import { SteppedClock } from './disturbances/stepped-clock.ts';
import { OwnServer } from './own-server.ts';
import { comparableRecords } from './stored-records.ts';

/**
 * `BEYOND_IMAGENET_SOAK_MINUTES=120 BEYOND_IMAGENET_SOAK_SEED=7 BEYOND_IMAGENET_SOAK_STORE=s3 npm run test:soak -- steered`; the store is
 * a directory otherwise.
 */
const minutes = Number(process.env['BEYOND_IMAGENET_SOAK_MINUTES'] ?? 120);
const seed = Number(process.env['BEYOND_IMAGENET_SOAK_SEED'] ?? Date.now() % 1e6);
const random = stream(seed, 'soak');
const isOnS3 = process.env['BEYOND_IMAGENET_SOAK_STORE'] === 's3';
const below = (bound: number) => Math.floor(random.uniform() * bound);

const root = sharedTemporaryFolder();
const clock = new SteppedClock(join(root, 'clock'));
let disk: SmallDisk;
let store: AbsentStore;
let server: OwnServer;

beforeAll(async () => {
  disk = await SmallDisk.mount(join(root, 'disk'));
  store = isOnS3 ? await absentBucket(root) : absentDirectory(join(disk.folder, 'store'));
  for (const [name, value] of Object.entries(store.environment)) vi.stubEnv(name, value);
  server = await OwnServer.start(root, {
    store: store.location,
    workerStates: disk.folder,
    environment: clock.environment,
  });
  const lacking = [
    ...(disk.canBeFilled ? [] : ['without a full disk (this user may not mount one)']),
    ...(clock.canStep ? [] : ['without steps of the clock (libfaketime is not installed)']),
  ];
  process.stderr.write(`${minutes} minutes on ${store.location}, seed ${seed} ${lacking.join(', ')}\n`);
});
afterAll(async () => {
  await server.stop();
  await store.close();
  await disk.unmount();
});

const request = (id: string, count: number, failureRate: number): StudyRequest => ({
  id,
  rehearse: true,
  set: {
    'population.count': count,
    datasets: [{ dataset: 'fashion-mnist' }, { dataset: 'mnist', classes: 5 }],
    'analysis.bootstrapResamples': 100,
    'execution.maximumAttempts': 1,
    'execution.concurrentRunsPerDataset': 4,
    'rehearsal.failureRate': failureRate,
    'rehearsal.secondsPerRun': 0.5,
  },
});
const first = 8;
const failureRate = 0.2;

/** Gives a study instructions, and knows the result that it must have. */
class Operator {
  readonly #studies: Studies;
  readonly id: string;
  architectures = first;
  /** Ids of the instructions that were acknowledged, in order. */
  readonly acknowledged: string[] = [];
  /** Number of commands that were killed and may or may not have reached the study. */
  unknown = 0;

  constructor(studies: Studies, id: string) {
    this.#studies = studies;
    this.id = id;
  }

  get study(): Study {
    return this.#studies.study(this.id);
  }

  /** Starts the study, or continues it. */
  async start(): Promise<void> {
    await insistently(() => this.#studies.start(request(this.id, first, failureRate)));
  }

  /** Repeats an instruction under one id until it is answered; a study that is not running may refuse it. */
  async say(kind: string, send: (id: string) => Promise<unknown>): Promise<void> {
    const id = `${kind}-${this.acknowledged.length}-${below(1e9)}`;
    try {
      await insistently(() => send(id));
      this.acknowledged.push(id);
    } catch (error) {
      if (!(error instanceof ConfigError && /not running|completed/.test(error.message))) throw error;
    }
  }

  async extend(by: number): Promise<void> {
    const architectures = this.architectures + by;
    await this.say('extend', (id) => this.study.extend({ architectures }, { id }));
    this.architectures = architectures;
  }

  /** Runs a command as in another terminal, and kills it at a random moment. */
  async command(...args: string[]): Promise<void> {
    const options = ['--state', join(root, 'terminal'), '--store', store.location];
    const program = new RunningProgram('client', [...args, ...options]);
    this.unknown++;
    await Promise.race([program.ended(), sleep(below(6000))]);
    await program.stop('SIGKILL');
  }

  /** Follows the study to its end; failed runs are retried, and holds resumed, until every run has finished. */
  async finish(): Promise<void> {
    for (;;) {
      await this.start();
      await this.say('resume', (id) => this.study.resume({ id }));
      await this.say('limit', (id) => this.study.limit(null, { id }));
      for await (const { state } of this.study.watch({ patience: Infinity })) if (state === 'held') break;
      const { state } = await this.study.status();
      if (state !== 'finished') continue;
      const retried: Record<string, number>[] = [];
      await this.say('retry', async (id) => retried.push(await this.study.retry({ id })));
      if (Object.keys(retried.at(-1) ?? {}).length === 0) {
        // No run had failed, so no instruction was sent.
        this.acknowledged.pop();
        return;
      }
    }
  }
}

/** Repeats work that fails because of the disturbances. */
async function insistently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (const deadline = Date.now() + 300_000; ; await sleep(1000))
    try {
      return await work();
    } catch (error) {
      if (error instanceof ConfigError || Date.now() > deadline) throw error;
    }
}

test(
  'a study that gets many instructions while everything around it fails ends as if nothing had happened',
  { timeout: (minutes + 60) * 60_000 },
  async () => {
    const studies = await server.studies();
    let workers = 0;
    const startWorker = () => server.startWorker(`worker-${++workers}`, '--slots', '8');
    let worker = await startWorker();
    const operator = new Operator(studies, 'steered');
    onTestFailed(async () => void process.stderr.write(await server.evidence(operator.id)));
    const variants: string[] = [];
    await operator.start();

    const disturbances: Record<string, () => Promise<void>> = {
      'the worker is killed': async () => {
        await worker.stop('SIGKILL');
        worker = await startWorker();
      },
      'the worker is stopped': async () => {
        await worker.stop();
        await sleep(below(3000));
        worker = await startWorker();
      },
      'the worker stands still': async () => {
        worker.process.kill('SIGSTOP');
        await sleep(below(20_000));
        worker.process.kill('SIGCONT');
      },
      'the server is killed': () => server.restart(),
      'the store is away': async () => {
        await store.leave();
        await sleep(below(15_000));
        await store.comeBack();
      },
      ...(disk.canBeFilled && {
        'the disk is full': async () => {
          await disk.fill();
          await sleep(below(10_000));
          await disk.free();
        },
      }),
      ...(clock.canStep && {
        'the clock is put forward or back': () => clock.set([-86_400, -3600, -20, 0, 20, 3600, 86_400][below(7)]!),
      }),
    };
    const words: Record<string, () => Promise<void>> = {
      pause: async () => {
        await operator.say('pause', (id) => operator.study.pause({ id }));
        await sleep(below(4000));
        await operator.say('resume', (id) => operator.study.resume({ id }));
      },
      limit: () => operator.say('limit', (id) => operator.study.limit([1, 3, 8, null][below(4)]!, { id })),
      retry: () =>
        operator.say('retry', (id) => operator.study.retry({ from: below(2) === 0 ? 'checkpoint' : 'scratch', id })),
      extend: () => operator.extend(1 + below(3)),
      'extend twice at once': async () => {
        const { architectures } = operator;
        const again = () => operator.study.extend({ architectures });
        const both = [operator.extend(1), insistently(again)];
        await Promise.all(
          both.map((extending) =>
            extending.catch((error: unknown) => {
              if (!(error instanceof ConfigError)) throw error;
            }),
          ),
        );
      },
      vary: async () => {
        if (variants.length >= 3) return;
        const id = `variant-${variants.length}`;
        await insistently(() =>
          operator.study.variant({ id, set: { 'population.count': first + 2, 'rehearsal.failureRate': 0 } }),
        );
        variants.push(id);
      },
      cancel: async () => {
        await insistently(() => operator.study.cancel()).catch((error: unknown) => {
          if (!(error instanceof ConfigError)) throw error;
        });
        await operator.start();
      },
      'kill a command': () =>
        operator.command(
          ...[
            ['pause', 'steered'],
            ['resume', 'steered'],
            ['limit', 'steered', '--concurrent', '2'],
            ['status', 'steered'],
          ][below(4)]!,
        ),
    };
    const pick = (from: Record<string, () => Promise<void>>) => Object.entries(from)[below(Object.keys(from).length)]!;

    for (const deadline = Date.now() + minutes * 60_000; Date.now() < deadline; await sleep(below(3000))) {
      const [[what, disturb], [word, say]] = [pick(disturbances), pick(words)];
      process.stderr.write(`${new Date().toISOString()} ${word} while ${what}\n`);
      const results = await Promise.allSettled([disturb(), say()]);
      for (const result of results) if (result.status === 'rejected') throw result.reason;
      const { state } = await insistently(() => operator.study.status());
      if (!['running', 'waiting', 'paused', 'held', 'unreachable'].includes(state)) await operator.start();
    }
    await operator.finish();

    // No instruction is lost or carried out twice, and they are listed in order.
    const documents = new StudyDocuments(store.open(), 'steered');
    const instructions = (await documents.instructions()).map(({ id }) => id);
    expect(new Set(instructions).size).toBe(instructions.length);
    const listed = instructions.filter((id) => operator.acknowledged.includes(id));
    expect(operator.acknowledged.filter((id) => !listed.includes(id) && !id.startsWith('retry'))).toEqual([]);
    const config = await documents.config();
    expect(config.population).toMatchObject({ count: operator.architectures });
    for (const id of variants)
      expect((await insistently(() => studies.study(id).result())).runs['fashion-mnist']).toMatchObject({ failed: 0 });

    // The undisturbed study has a store of its own, so that nothing is shared.
    const steered = await comparableRecords(store.open(), 'steered');
    expect(steered.size).toBe(2 * operator.architectures);
    await worker.stop();
    const other = await OwnServer.start(await temporaryFolder());
    try {
      await other.startWorker('worker', '--slots', '8');
      await (await (await other.studies()).start(request('undisturbed', operator.architectures, 0))).result();
      const undisturbed = await comparableRecords(openDirectoryStore(other.store), 'undisturbed');
      expect([...steered.keys()].sort()).toEqual([...undisturbed.keys()].sort());
      for (const [key, record] of steered) expect(record).toEqual(undisturbed.get(key));
    } finally {
      await other.stop();
    }
    const left = await processesWith(disk.folder);
    expect(left).toEqual([]);
  },
);

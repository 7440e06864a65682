import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ConfigError, type Studies, type StudyRequest, type StudyStatus } from '../../index.ts';
import { openExport } from '../../lib/exports/open-export.ts';
import { verifyStudy } from '../../lib/exports/verification/verify-study.ts';
import { exportStudy } from '../../lib/exports/write-export.ts';
import { tensorflowTrainer } from '../../lib/runs/trainer.ts';
import { freePort } from '../../runtime/ports.ts';
import { taskQueues } from '../../workflows/task-queues.ts';
import { RunningProgram } from '../commands/running-program.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';
import { OwnServer, settled, until } from './own-server.ts';

/** Everything but the data and the trainings is real. */
const root = sharedTemporaryFolder();
let server: OwnServer;
let studies: Studies;
let metricsAddress: string;

beforeAll(async () => {
  server = await OwnServer.start(root);
  metricsAddress = `127.0.0.1:${await freePort(9464)}`;
  const options = ['--slots', '8', '--metrics', metricsAddress, '--deployment', 'lab'];
  const worker = await server.startWorker('worker', ...options);
  await worker.said(/^Slots/m);
  const [, buildId] = /^Version (\w+) of the deployment lab/m.exec(worker.stderr)!;
  await server.temporal(
    ...['worker', 'deployment', 'set-current-version', '--deployment-name', 'lab', '--build-id', buildId!, '--yes'],
  );
  studies = await server.studies();
});
afterAll(() => server.stop());

const request = (id: string, set: Record<string, unknown> = {}): StudyRequest => ({
  id,
  rehearse: true,
  set: {
    'population.count': 4,
    datasets: [{ dataset: 'fashion-mnist' }, { dataset: 'mnist' }],
    'analysis.bootstrapResamples': 100,
    ...set,
  },
});

const counts = { finished: 4, reused: 0, diverged: 0, failed: 0 };

/** Exports a study and verifies it elsewhere: nothing may contradict an unaltered export. */
async function expectHonest(id: string): Promise<void> {
  const path = join(server.root, `${id}.zip`);
  await writeFile(path, exportStudy(studies.store, id));
  const opened = await openExport(path);
  const { checks, repeated } = await verifyStudy(opened.store, id, {
    ...{ opened, work: join(server.root, 'verifying', id), scratch: join(server.root, 'trained-again', id) },
    ...{ trainer: tensorflowTrainer, runs: 3, seed: 0, mayRunTrainer: false },
    ...{ signal: new AbortController().signal, say: () => undefined },
  });
  expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
  expect(repeated.map(({ reproduction }) => reproduction)).toEqual(['same', 'same', 'same']);
}

describe.concurrent('a study on a server of one’s own', { timeout: 240_000 }, () => {
  test('is carried out by the current version of its worker deployment', async () => {
    const study = await studies.start(request('versioned'));
    const { runs, correlations, artifacts } = await study.result();
    expect(runs).toEqual({ 'fashion-mnist': counts, mnist: counts });
    expect(correlations).toMatchObject([{ a: 'fashion-mnist', b: 'mnist', n: 4 }]);
    expect(await readFile(artifacts.report, 'utf8')).toContain('rehearsal');
    const description = await server.temporal('workflow', 'describe', '--workflow-id', 'versioned', '--output', 'json');
    expect(JSON.parse(description)).toMatchObject({
      workflowExecutionInfo: { versioningInfo: { deploymentVersion: { deploymentName: 'lab' } } },
    });
  });

  test('reports its runs to Prometheus by dataset, and labels each line of its log', async () => {
    const { runs } = await (
      await studies.start(request('seen', { 'seeds.training': 1, 'rehearsal.divergenceRate': 0.5 }))
    ).result();
    const metrics = await (await fetch(`http://${metricsAddress}/metrics`)).text();
    const counted = metrics
      .split('\n')
      .filter((line) => /^beyond_imagenet_runs_total\{.*studyId="seen"/.test(line))
      .map((line) => /dataset="([^"]+)".*outcome="([^"]+)".* (\d+)$/.exec(line)!.slice(1));
    for (const dataset of ['fashion-mnist', 'mnist'])
      for (const outcome of ['finished', 'diverged'] as const)
        expect(counted.find((line) => line[0] === dataset && line[1] === outcome)?.[2] ?? '0').toBe(
          String(runs[dataset]![outcome]),
        );
    // The run has ended, so no training is in progress.
    expect(metrics).not.toMatch(/^beyond_imagenet_(images_per_second|training_loss)\{.*studyId="seen"/m);
    expect(metrics).toContain('temporal_activity_execution_latency');

    const failing = await studies.start(
      request('logged', {
        'seeds.training': 9,
        'rehearsal.failureRate': 1,
        'execution.maximumAttempts': 1,
        'population.count': 1,
      }),
    );
    await until(failing, ({ datasets }) => datasets.length > 0 && datasets.every(({ failed }) => failed === 1));
    // The SDK passes its log on with a delay.
    await vi.waitFor(
      async () => {
        const lines = (await readFile(join(server.root, 'worker', 'worker.log'), 'utf8')).trim().split('\n');
        expect(lines.map((line) => JSON.parse(line) as Record<string, unknown>)).toContainEqual(
          expect.objectContaining({
            level: 'WARN',
            studyId: 'logged',
            dataset: 'mnist',
            runKey: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
            architectureName: 'arch-000',
            attempt: 1,
            error: expect.stringContaining('a simulated failure') as string,
          }),
        );
      },
      { timeout: 10_000, interval: 100 },
    );
  });

  test('can be paused, limited and resumed, and says why it cannot be steered after its end', async () => {
    const study = await studies.start(
      // More runs than slots: two at a time, the rest takes seconds, far longer than the checks.
      request('steered', { 'seeds.training': 2, 'population.count': 12, 'rehearsal.secondsPerRun': 1 }),
    );
    await until(study, (status) => settled(status) > 0);
    await study.pause();
    await study.pause();
    expect(await study.status()).toMatchObject({ state: 'paused' });
    const atPause = settled(
      await until(study, ({ datasets }) => datasets.every(({ running }) => running.length === 0)),
    );
    await sleep(1500);
    expect(settled(await study.status())).toBe(atPause);

    await expect(study.limit(0)).rejects.toThrow('The limit must be a positive integer or null, got 0');
    await study.limit(2);
    await study.resume();
    // Networks that were already trained at the pause are evaluated at once, which occupies a slot only briefly.
    const trainings = ({ datasets }: StudyStatus) =>
      datasets.flatMap(({ running }) => running.filter(({ name }) => name.startsWith('train '))).length;
    await until(study, (status) => trainings(status) > 0);
    for (let look = 0; look < 5; look++) {
      expect(trainings(await study.status())).toBeLessThanOrEqual(2);
      await sleep(100);
    }
    await study.limit(null);
    const { runs } = await study.result();
    expect(runs['mnist']).toEqual({ ...counts, finished: 12 });
    const refusal = await study.pause().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConfigError);
    expect((refusal as ConfigError).problems).toEqual(['it is not running: completed']);
  });

  test('is extended while it runs and after its end: existing runs stay, missing ones are added', async () => {
    const study = await studies.start(request('extended', { 'seeds.training': 3, 'rehearsal.secondsPerRun': 0.3 }));
    await until(study, (status) => settled(status) > 0);
    expect(await study.extend({ architectures: 6 })).toBe(12);
    await expect(study.extend({ architectures: 2 })).rejects.toThrow('cannot be extended');
    expect((await study.result()).runs['mnist']).toEqual({ ...counts, finished: 6 });
    expect(await study.extend({ datasets: [{ dataset: 'mnist', classes: 5 }] })).toBe(18);
    const { runs, correlations } = await study.result();
    expect(runs).toEqual({
      'fashion-mnist': { ...counts, finished: 6 },
      mnist: { ...counts, finished: 6 },
      'mnist/5-classes': { ...counts, finished: 6 },
    });
    expect(correlations.map(({ b }) => b)).toContain('mnist/5-classes');
    await expectHonest('extended');
  });

  test('has its failed runs retried, all of them or those on one dataset', async () => {
    const study = await studies.start(
      request('retried', {
        'seeds.training': 34,
        'rehearsal.failureRate': 0.5,
        'execution.maximumAttempts': 1,
        // Fewer failures in a row than put a population on hold.
        'population.count': 4,
      }),
    );
    const before = await study.result();
    const failed = Object.fromEntries(Object.entries(before.runs).map(([dataset, { failed }]) => [dataset, failed]));
    expect(failed['mnist']! + failed['fashion-mnist']!).toBeGreaterThan(2);
    expect((await study.status()).state).toBe('finished');
    await expect(study.retry({ dataset: 'cifar' })).rejects.toThrow('cannot be retried');
    expect(await study.retry({ dataset: 'mnist' })).toEqual({ mnist: failed['mnist'] });
    const after = await study.result();
    expect(after.runs['fashion-mnist']).toMatchObject({ failed: failed['fashion-mnist'] });
    for (let tries = 0; tries < 20; tries++) {
      if (Object.keys(await study.retry()).length === 0) break;
      await study.result();
    }
    const { runs } = await study.result();
    expect(Object.values(runs).map(({ failed }) => failed)).toEqual([0, 0]);
    await expectHonest('retried');
  });

  test('shares equal runs with its variants', async () => {
    const study = await studies.start(request('original', { 'seeds.training': 5 }));
    await study.result();
    const variant = await study.variant({ id: 'variant', set: { 'population.count': 6 } });
    const shared = { ...counts, finished: 2, reused: 4 };
    expect((await variant.result()).runs).toEqual({ 'fashion-mnist': shared, mnist: shared });
    await expectHonest('variant');
    await expect(study.variant({ id: 'other', set: { 'population.count': -1 } })).rejects.toThrow('population.count');
  });

  test('is cancelled without leaving trainings behind, and continues when it is started again', async () => {
    const asked = request('cancelled', { 'seeds.training': 6, 'rehearsal.secondsPerRun': 2 });
    const study = await studies.start(asked);
    await until(study, ({ datasets }) => datasets.some(({ running }) => running.length > 0));
    await study.cancel({ id: 'for-the-night' });
    const { state, instructions } = await study.status();
    expect({ state, instructions }).toMatchObject({
      state: 'cancelled',
      instructions: [{ id: 'for-the-night', kind: 'cancel', summary: 'cancelled' }],
    });
    await expect(study.result()).rejects.toThrow('was cancelled');
    await studies.start(asked);
    // Sent again, as if the answer had been lost: it applies to the execution of that time.
    await study.cancel({ id: 'for-the-night' });
    expect((await study.result()).runs['mnist']).toMatchObject({ failed: 0 });
  });

  test('counts a training that an operator pauses or resets in the UI as interrupted, not failed', async () => {
    const study = await studies.start(
      request('operated', {
        'seeds.training': 7,
        'rehearsal.secondsPerRun': 4,
        'execution.maximumAttempts': 1,
        'population.count': 1,
        'protocol.epochs': 40,
      }),
    );
    await until(study, ({ datasets }) => datasets.length === 2 && datasets.every(({ running }) => running.length > 0));
    const [activityId] = await activities('operated/mnist');
    const which = ['--workflow-id', 'operated/mnist', '--activity-id', activityId!];
    await server.temporal('activity', 'pause', ...which);
    await until(study, ({ datasets }) => datasets.find(({ dataset }) => dataset === 'fashion-mnist')!.finished === 1);
    await sleep(1000);
    await server.temporal('activity', 'unpause', ...which);
    expect((await study.result()).runs['mnist']).toEqual({ ...counts, finished: 1 });
  });

  test('can be started from its config alone by Temporal’s own command line and by a schedule', async () => {
    const { resolveRequest } = await import('../../control/submission-request.ts');
    const { config } = await resolveRequest(request('by-hand', { 'seeds.training': 8 }));
    const by = ['--type', 'studyWorkflow', '--task-queue', taskQueues.study, '--input', JSON.stringify({ config })];
    await server.temporal('workflow', 'start', '--workflow-id', 'by-hand', ...by);
    expect((await studies.study('by-hand').result()).runs['mnist']).toEqual(counts);

    await server.temporal(
      ...['schedule', 'create', '--schedule-id', 'nightly', '--interval', '24h', '--workflow-id', 'by-schedule', ...by],
    );
    await server.temporal('schedule', 'trigger', '--schedule-id', 'nightly');
    const id = await scheduledId();
    expect((await studies.study(id).result()).runs['mnist']).toEqual({ ...counts, finished: 0, reused: 4 });

    await server.temporal(
      'workflow',
      'start',
      '--workflow-id',
      'wrong',
      ...by.slice(0, 4),
      '--input',
      '{"config": {"name": 3}}',
    );
    const wrong = await until(studies.study('wrong'), ({ state }) => state !== 'running');
    expect(wrong).toMatchObject({ state: 'failed', failure: expect.stringContaining('name must be') as string });
  });
});

describe.concurrent('the example of three variants', { timeout: 240_000 }, () => {
  test('waits for all of them, which share no runs, and trains nothing when it is run again', async () => {
    const run = () =>
      new RunningProgram('docs/examples/three-variants.ts', ['--rehearse'], {
        BEYOND_IMAGENET_STATE: join(server.root, 'example'),
        BEYOND_IMAGENET_STORE: server.store,
      });
    const first = run();
    expect(await first.ended(), first.stderr).toBe(0);
    for (const id of ['three-epochs', 'one-epoch', 'six-epochs'])
      expect(first.stdout).toMatch(
        new RegExp(`^${id}: \\d+ runs, 0 shared with other studies, 0 diverged, 0 failed$`, 'm'),
      );
    expect(first.stdout).toMatch(/^ {2}fashion-mnist ~ mnist\S*: -?\d\.\d\d over \d+ architectures$/m);
    const second = run();
    expect(await second.ended(), second.stderr).toBe(0);
    expect(second.stdout).toBe(first.stdout);
  });
});

/** Ids of the activities that a workflow waits for. */
async function activities(workflowId: string): Promise<string[]> {
  const description = await server.temporal('workflow', 'describe', '--workflow-id', workflowId, '--output', 'json');
  const { pendingActivities } = JSON.parse(description) as { pendingActivities?: { activityId: string }[] };
  return (pendingActivities ?? []).map(({ activityId }) => activityId);
}

async function scheduledId(): Promise<string> {
  for (;;) {
    const list = await server.temporal(
      'workflow',
      'list',
      '--query',
      'TemporalScheduledById="nightly"',
      '--output',
      'json',
    );
    const [first] = JSON.parse(list) as { execution: { workflowId: string } }[];
    if (first !== undefined) return first.execution.workflowId;
    await sleep(200);
  }
}

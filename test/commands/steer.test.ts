import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { register as cancel } from '../../commands/cancel.ts';
import { register as extend } from '../../commands/extend.ts';
import { register as limit } from '../../commands/limit.ts';
import { register as pause } from '../../commands/pause.ts';
import { register as resume } from '../../commands/resume.ts';
import { register as retry } from '../../commands/retry.ts';
import { register as variant } from '../../commands/variant.ts';
import type { Studies, StudyStatus } from '../../index.ts';
import { OwnServer, until } from '../control/own-server.ts';
import { documents } from '../../tools/json-schemas.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';
import { runCommand } from './run-command.ts';

const root = sharedTemporaryFolder();
let server: OwnServer;
let studies: Studies;
beforeAll(async () => {
  server = await OwnServer.start(root);
  await server.startWorker('worker', '--slots', '4');
  studies = await server.studies();
});
afterAll(() => server.stop());

const registrations = { cancel, extend, limit, pause, resume, retry, variant };

/** What a command answers. */
async function answerTo(name: keyof typeof registrations, ...args: string[]): Promise<unknown> {
  const where = ['--state', join(root, 'client'), '--store', server.store];
  const { stdout, stderr } = await runCommand(registrations[name], [name, ...args, ...where]);
  if (!args.includes('--json')) return stderr.trim();
  const answer = JSON.parse(stdout) as unknown;
  expect(documents['change']!.schema.safeParse(answer).error).toBeUndefined();
  return answer;
}

test('every steering command does what it reports', async () => {
  const study = await studies.start({
    id: 'mine',
    rehearse: true,
    set: {
      'population.count': 8,
      datasets: [{ dataset: 'fashion-mnist' }, { dataset: 'mnist' }],
      'rehearsal.secondsPerRun': 1,
      'rehearsal.failureRate': 0.5,
      'execution.maximumAttempts': 1,
      'analysis.bootstrapResamples': 100,
    },
  });
  const running = ({ datasets }: StudyStatus) => datasets.reduce((sum, dataset) => sum + dataset.running.length, 0);
  await until(study, (status) => running(status) > 1);

  expect(await answerTo('limit', 'mine', '--concurrent', '1')).toMatch(/^At most 1 runs? at a time/);
  await until(study, (status) => running(status) === 1);
  expect(await answerTo('limit', 'mine', '--concurrent', 'none')).toBe('No limit except that of each dataset.');
  await until(study, (status) => running(status) > 1);
  await expect(answerTo('limit', 'mine', '--concurrent', '0')).rejects.toThrow('It must be a positive integer');
  await expect(answerTo('limit', 'mine', '--concurrent', 'all')).rejects.toThrow('It must be a whole number');

  expect(await answerTo('pause', 'mine')).toBe('Paused. resume mine continues it.');
  await until(study, (status) => status.state === 'paused' && running(status) === 0);
  expect(await answerTo('resume', 'mine', '--json')).toEqual({ studyId: 'mine', action: 'resumed' });
  expect(await answerTo('limit', 'mine', '--concurrent', '5', '--json')).toEqual({
    ...{ studyId: 'mine', action: 'limited', concurrentRuns: 5 },
  });

  expect(await answerTo('extend', 'mine', '--architectures', '9', '--dataset', '{"dataset":"mnist","classes":2}')).toBe(
    'The study now has 27 runs.',
  );
  const failed = ({ datasets }: StudyStatus) => datasets.some((found) => found.failed > 0);
  await until(study, failed);
  expect(await answerTo('retry', 'mine')).toMatch(/^Retrying \d+ on /);
  await expect(answerTo('retry', 'mine', '--from', 'anywhere')).rejects.toThrow('It must be checkpoint or scratch');
  await expect(answerTo('retry', 'mine', '--dataset', 'birds')).rejects.toThrow('got "birds"');

  expect(await answerTo('variant', 'mine', '--id', 'other', '--set', 'rehearsal.failureRate=0')).toBe(
    'The study other is running: status other shows its progress.',
  );
  await until(studies.study('other'), (status) => status.state === 'running');
  expect(await answerTo('cancel', 'other', '--json')).toEqual({ studyId: 'other', action: 'cancelled' });
  expect(await studies.study('other').status()).toMatchObject({ state: 'cancelled' });
  expect(await answerTo('cancel', 'mine')).toMatch(/^Cancelled\./);
  await expect(answerTo('cancel', 'nothing')).rejects.toThrow('The study nothing cannot be cancelled');
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runningServer } from '../../control/running-server.ts';
import { RunningProgram } from './running-program.ts';
import { errorsFound, processesWith, StartedStudy, startTiny } from './tiny-study.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';

const root = sharedTemporaryFolder();

const undisturbed = () => join(root, 'undisturbed');

describe('start', { timeout: 120_000 }, () => {
  test('runs a study from scratch to its report, and leaves neither process nor lock behind', async () => {
    // From its sources, as in a checkout.
    const study = new RunningProgram('client.ts', startTiny(undisturbed()));
    expect(await study.ended(), study.stderr).toBe(0);
    expect(study.stderr).toMatch(/Temporal UI: http:\/\/127\.0\.0\.1:\d+/);
    expect(study.stderr).toContain('/namespaces/default/workflows/tiny');
    expect(study.stdout).toContain('with fashion-mnist');
    const [, report] = /^report: (file:.*)$/m.exec(study.stdout) ?? [];
    expect(await readFile(fileURLToPath(report!), 'utf8')).toMatch(/^<!doctype html>/i);

    const errors = await errorsFound(undisturbed());
    expect(errors.map(([run]) => run)).toEqual([
      'arch-000 on fashion-mnist',
      'arch-001 on fashion-mnist',
      'arch-000 on mnist/2-classes',
      'arch-001 on mnist/2-classes',
    ]);
    expect(errors.every(([, error]) => error !== null && error > 0 && error < 0.95)).toBe(true);
    expect(await processesWith(undisturbed())).toEqual([]);
    await expect(readFile(join(undisturbed(), 'state.lock'))).rejects.toThrow('ENOENT');
  });

  test('of a finished study shows its results again, without a server', async () => {
    const study = new StartedStudy(undisturbed(), '--json');
    expect(await study.ended(), study.stderr).toBe(0);
    expect(study.stderr).toContain('already finished');
    expect(study.stderr).not.toContain('Temporal UI');
    expect(JSON.parse(study.stdout)).toMatchObject({
      studyId: 'tiny',
      reference: 'fashion-mnist',
      correlations: [{ a: 'fashion-mnist', b: 'mnist/2-classes', n: 2 }],
    });
  });

  test('of another config under the same id names the field, and exits with 2', async () => {
    const study = new StartedStudy(undisturbed(), '--set', 'protocol.epochs=9');
    expect(await study.ended()).toBe(2);
    expect(study.stderr).toContain('protocol.epochs is 2 there and 9 here');
  });

  test('continues when its Temporal server is killed, and after Ctrl-C, which takes seconds, and ends with the same numbers', async () => {
    const state = join(root, 'disturbed');
    const first = new StartedStudy(state);
    await first.said(/^training/m);
    const server = await runningServer(join(state, 'temporal'));
    process.kill(server!.pid, 'SIGKILL');
    await first.said(/^The Temporal server had ended \(SIGKILL\) and was started again/m);
    const asked = Date.now();
    first.process.kill('SIGINT');
    expect(await first.ended()).toBe(130);
    expect(Date.now() - asked).toBeLessThan(10_000);
    expect(await processesWith(state)).toEqual([]);

    const second = new StartedStudy(state);
    expect(await second.ended(), second.stderr).toBe(0);
    expect(await errorsFound(state)).toEqual(await errorsFound(undisturbed()));
    expect(await processesWith(state)).toEqual([]);
  });
});

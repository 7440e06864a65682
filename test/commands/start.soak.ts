import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runningServer } from '../../control/running-server.ts';
import { errorsFound, StartedStudy } from './tiny-study.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';

const root = sharedTemporaryFolder();

const recordsOf = async (state: string): Promise<Map<string, number>> => {
  const runs = join(state, 'store/runs');
  const records = (await readdir(runs).catch(() => [])).map((run) => join(runs, run, 'record.json'));
  const times = await Promise.all(
    records.map(async (path) => [path, (await stat(path).catch(() => undefined))?.mtimeMs]),
  );
  return new Map(times.filter((entry): entry is [string, number] => entry[1] !== undefined));
};

test('a study whose processes are killed again and again ends with the same numbers and trains nothing twice', async () => {
  const undisturbed = join(root, 'undisturbed');
  const reference = new StartedStudy(undisturbed);
  expect(await reference.ended(), reference.stderr).toBe(0);

  const state = join(root, 'killed');
  let finished = new Map<string, number>();
  for (let kill = 0; kill < 4; kill++) {
    const study = new StartedStudy(state);
    await study.said(/^training/m).catch((error: Error) => {
      if (study.process.exitCode !== 0) throw error;
    });
    await sleep(1000 * (kill + 1));
    const server = await runningServer(join(state, 'temporal'));
    study.process.kill('SIGKILL');
    if (server !== undefined && kill % 2 === 0) process.kill(server.pid, 'SIGKILL');
    await study.ended();
    const records = await recordsOf(state);
    for (const [path, time] of finished) expect(records.get(path)).toBe(time);
    finished = records;
  }
  const last = new StartedStudy(state);
  expect(await last.ended(), last.stderr).toBe(0);
  const records = await recordsOf(state);
  for (const [path, time] of finished) expect(records.get(path)).toBe(time);
  expect(await errorsFound(state)).toEqual(await errorsFound(undisturbed));
  expect(await readFile(join(state, 'store/studies/tiny/outcome.json'), 'utf8')).toContain('"failed": 0');
});

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { subjects } from './subjects.ts';

const count = Number(process.env['BEYOND_IMAGENET_FUZZING'] ?? 20_000);
const seed = Number(process.env['BEYOND_IMAGENET_FUZZING_SEED'] ?? Date.now() % 1e6);
const longestSeconds = 5;
const mostBytes = 2 ** 30;

interface Report {
  index: number;
  fault?: string;
  refused?: number;
  peakBytes?: number;
}

/** Returns the seconds of processor time that a process has used. */
async function processorSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]!.split(' ');
  // utime and stime, in hundredths of a second (proc(5)).
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

test.each(Object.keys(subjects))(
  '%s: a damaged file is read correctly or refused by name, within 5 seconds and 1 GiB',
  async (name) => {
    const script = new URL('./fuzzing-child.ts', import.meta.url).pathname;
    const child = fork(script, [name, String(seed), String(count), await temporaryFolder()], {
      execArgv: ['--import', 'tsx'],
    });
    const closed = once(child, 'close');
    let last: Report = { index: -1 };
    let since = 0;
    child.on('message', (report: Report) => {
      last = report;
      since = NaN;
    });
    const watch = setInterval(() => {
      void processorSeconds(child.pid!).then(
        (now) => {
          // Processor time, not wall time: the machine may be busy.
          if (Number.isNaN(since)) since = now;
          else if (last.index >= 0 && now - since > longestSeconds) {
            last = { ...last, fault: `hangs for more than ${longestSeconds} s` };
            child.kill('SIGKILL');
          }
        },
        () => undefined,
      );
    }, 250);
    await closed;
    clearInterval(watch);
    expect(last.fault, `${name}, seed ${seed}, case ${last.index}`).toBeUndefined();
    expect(last.index, `${name}, seed ${seed}: the process ended early`).toBe(count);
    expect(last.peakBytes).toBeLessThan(mostBytes);
    // If no damage were noticed, this would test nothing.
    expect(last.refused).toBeGreaterThan(0);
  },
);

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hasLargerDescendants, startedSoFar } from '../../../../lib/training/command/process-ids.ts';

test('descendants of a process have larger ids, unless so many processes were started that ids may have wrapped around', async () => {
  const before = startedSoFar();
  const shell = spawn('/bin/sh', ['-c', 'sleep 0 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [output] = (await once(shell.stdout, 'data')) as [Buffer];
  expect(startedSoFar()).toBeGreaterThanOrEqual(before + 2);
  const largest = Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8'));
  // Near the largest id the answer is no, whatever the ids are.
  if (hasLargerDescendants(shell.pid!, before)) expect(Number(output)).toBeGreaterThan(shell.pid!);
  else expect(shell.pid!).toBeGreaterThan(largest - 10_000);
  expect(hasLargerDescendants(100, before)).toBe(true);
  expect(hasLargerDescendants(largest - 500, before)).toBe(false);
  expect(hasLargerDescendants(100, before - largest)).toBe(false);
  expect(hasLargerDescendants(100, NaN)).toBe(false);
});

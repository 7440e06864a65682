import { Client, Connection } from '@temporalio/client';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { startLocalServer } from '../../runtime/temporal-server.ts';
import { temporalBinary } from '../../lib/native/index.ts';
import { runningServer } from '../../control/running-server.ts';
import { temporaryFolder } from '../temporary-folder.ts';

let directory: string;
beforeEach(async () => {
  directory = await temporaryFolder();
});

async function answers(address: string): Promise<boolean> {
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host);
  return once(socket, 'connect')
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
}

describe('the local Temporal server', () => {
  test('answers at the address in its description, and no longer runs after a stop', async () => {
    const server = await startLocalServer(await temporalBinary(), directory);
    expect(await runningServer(directory)).toEqual({
      pid: server.pid,
      address: server.address,
      uiAddress: server.uiAddress,
    });
    expect(await answers(server.address)).toBe(true);
    await server.stop();
    // Another process may have taken its port at once, so look for the process, not at the address.
    expect(existsSync(`/proc/${server.pid}`)).toBe(false);
    expect(await runningServer(directory)).toBeUndefined();
  });

  test('that a killed start left behind is ended by the next start', async () => {
    const binary = await temporalBinary();
    const start = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', '--input-type=module', '-e'],
        `import { startLocalServer } from './runtime/temporal-server.ts';
         const { address } = await startLocalServer(...${JSON.stringify([binary, directory])});
         process.stdout.write(address);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [address] = (await once(start.stdout, 'data')) as [Buffer];
    start.kill('SIGKILL');
    await once(start, 'exit');
    expect(await answers(String(address))).toBe(true);
    const abandoned = await runningServer(directory);

    const next = await startLocalServer(binary, directory);
    await next.stop();
    expect(next.pid).not.toBe(abandoned?.pid);
    // Its process is gone, or has ended and is not yet reaped by its new parent.
    expect(await readFile(`/proc/${abandoned?.pid}/cmdline`, 'utf8').catch(() => '')).toBe('');
  });

  test('is started on another port if its own is taken', async () => {
    const flag = join(directory, 'failed-once');
    const binary = join(directory, 'temporal');
    const failsOnce = `[ -e '${flag}' ] || { touch '${flag}'; echo 'address already in use' >&2; exit 1; }`;
    await writeFile(binary, `#!/bin/sh\n${failsOnce}\nexec '${await temporalBinary()}' "$@"\n`, { mode: 0o755 });
    const server = await startLocalServer(binary, directory);
    expect(await answers(server.address)).toBe(true);
    await server.stop();
    expect(await readFile(server.log, 'utf8')).toContain('address already in use');
  });

  test('that cannot start is reported with its log', async () => {
    await expect(startLocalServer('/bin/false', directory)).rejects.toThrow(/exit code 1.*server\.log/);
  });

  test('whose program cannot be run is reported with the reason, and leaves no description', async () => {
    const binary = join(directory, 'temporal');
    await writeFile(binary, 'not a program', { mode: 0o644 });
    await expect(startLocalServer(binary, directory)).rejects.toThrow(/cannot be started: .*EACCES/);
    expect(await runningServer(directory)).toBeUndefined();
  });

  test('keeps its database in its folder, whatever the folder is called', async () => {
    const name = '#1?%41 ä';
    const folder = join(directory, name);
    const binary = await temporalBinary();
    for (let start = 0; start < 2; start++) {
      const server = await startLocalServer(binary, folder);
      expect(await runningServer(folder)).toMatchObject({ pid: server.pid });
      await server.stop();
      expect(await readdir(folder)).toContain('temporal.db');
    }
    expect(await readdir(directory)).toEqual([name]);
  });
});

test('a workflow whose workers have been lost many times in a row is retried within seconds', async () => {
  const server = await startLocalServer(await temporalBinary(), directory);
  const connection = await Connection.connect({ address: server.address });
  const { workflowService } = connection;
  const taskQueue = { name: 'lost' };
  await new Client({ connection }).workflow.start('any', { workflowId: 'any', taskQueue: taskQueue.name });
  const timeouts: number[] = [];
  const poll = () => workflowService.pollWorkflowTaskQueue({ namespace: 'default', taskQueue });
  for (let attempt = 1; attempt <= 8; attempt++) {
    const { taskToken, history } = await connection.withDeadline(Date.now() + 60_000, poll);
    const scheduled = history!.events!.findLast(({ workflowTaskScheduledEventAttributes: task }) => task != null);
    timeouts.push(Number(scheduled!.workflowTaskScheduledEventAttributes!.startToCloseTimeout!.seconds));
    await workflowService.respondWorkflowTaskFailed({ namespace: 'default', taskToken });
  }
  await connection.close();
  await server.stop();
  expect(timeouts[0]).toBe(10);
  // Five more seconds at most, drawn by the server; without the option the eighth attempt has more than a minute.
  expect(Math.max(...timeouts)).toBeGreaterThan(10);
  expect(Math.max(...timeouts)).toBeLessThanOrEqual(15);
});

describe('a damaged description of a server', () => {
  const damaged = [
    '',
    '{"pid": 17, "addr',
    '{}',
    'null',
    '{"pid":0,"address":"127.0.0.1:1","uiAddress":"http://127.0.0.1:2"}',
  ];

  test.each([...damaged, '{"pid":-1,"address":"127.0.0.1:1","uiAddress":"http://127.0.0.1:2"}'])(
    '(%s) counts as no server if none runs',
    async (text) => {
      await writeFile(join(directory, 'server.json'), text);
      expect(await runningServer(directory)).toBeUndefined();
    },
  );

  test('does not hide a running server, which the next start ends', async () => {
    const binary = await temporalBinary();
    const server = await startLocalServer(binary, directory);
    const { pid, address, uiAddress } = server;
    for (const text of damaged) {
      await writeFile(join(directory, 'server.json'), text);
      expect(await runningServer(directory)).toEqual({ pid, address, uiAddress });
    }
    const next = await startLocalServer(binary, directory);
    expect(await server.ended).toMatch(/SIGTERM|exit code/);
    await next.stop();
  });
});

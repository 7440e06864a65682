import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listens } from '../../control/listens.ts';
import { runningServer } from '../../control/running-server.ts';
import { temporaryFolder } from '../temporary-folder.ts';

test('a process listens only on the ports that it opened itself', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await listens(process.pid, port)).toBe(true);
  expect(await listens(process.ppid, port)).toBe(false);
  expect(await listens(2 ** 30, port)).toBe(false);
  server.close();
  await once(server, 'close');
  expect(await listens(process.pid, port)).toBe(false);
});

/** A process that looks like the server of a folder, and prints a line once it listens (if it listens at all). */
async function serverIn(directory: string, port: number, script: string) {
  const ports = ['--ip', '127.0.0.1', '--port', String(port), '--ui-port', '1'];
  const child = spawn(
    process.execPath,
    ['-e', script, 'server', 'start-dev', '--db-filename', 'temporal.db', ...ports],
    { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill());
  await once(child.stdout, 'data');
  const description = { pid: child.pid!, address: `127.0.0.1:${port}`, uiAddress: 'http://127.0.0.1:1' };
  await writeFile(join(directory, 'server.json'), JSON.stringify(description));
  return description;
}

test('a server counts as running once it listens itself, not if another program answers at its address', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const directory = await temporaryFolder();
  await serverIn(directory, port, "setInterval(() => {}, 1000); console.log('at work');");
  expect(await runningServer(directory)).toBeUndefined();
  other.close();
  await once(other, 'close');
  const listening = `require('node:net').createServer().listen(${port}, '127.0.0.1', () => console.log('listening'));`;
  expect(await runningServer(directory)).toBeUndefined();
  const description = await serverIn(directory, port, listening);
  expect(await runningServer(directory)).toEqual(description);
});

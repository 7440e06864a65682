import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { freePort, listens } from '../../runtime/ports.ts';

test('the preferred port is taken when it is free, and another one when it is not', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const other = await freePort(port);
  expect(other).not.toBe(port);
  server.close();
  await once(server, 'close');
  expect(await freePort(port)).toBe(port);
});

test('a process listens on the ports that it has itself opened', async () => {
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

import { Client, Connection } from '@temporalio/client';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { connectTo } from '../../control/connection.ts';
import { Studies } from '../../control/studies.ts';
import { serverOf } from '../../control/study-server.ts';
import { resolveRequest } from '../../control/submission-request.ts';
import { configuredTarget, localTarget } from '../../control/temporal-target.ts';
import { openDirectoryStore } from '../../lib/store/directory-store.ts';
import { submitStudy } from '../../lib/study/documents/submission.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** A server that accepts connections and never answers, like an overloaded machine. */
let silent: Server;
const sockets: Socket[] = [];
let connection: Connection;

beforeAll(async () => {
  silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  connection = Connection.lazy({ address: `127.0.0.1:${(silent.address() as AddressInfo).port}` });
});

afterAll(async () => {
  await connection.close();
  for (const socket of sockets) socket.destroy();
  silent.close();
});

test('a study whose server does not answer is unreachable, not stopped; watching it continues', async () => {
  const store = openDirectoryStore(await temporaryFolder());
  await submitStudy(store, await resolveRequest({ preset: 'quickstart', id: 'mine' }));
  const server = serverOf({ client: new Client({ connection }), close: () => connection.close() });
  const study = new Studies({ store, server }).study('mine');

  expect(await study.status()).toMatchObject({ state: 'unreachable', stage: null });
  const states: string[] = [];
  for await (const { state } of study.watch({ interval: 1, patience: 4000 })) states.push(state);
  expect(states.length).toBeGreaterThan(1);
  expect(new Set(states)).toEqual(new Set(['unreachable']));
});

afterEach(() => void vi.unstubAllEnvs());

test('an empty address is refused by the name of its variable', async () => {
  vi.stubEnv('TEMPORAL_ADDRESS', '');
  await expect(configuredTarget()).rejects.toThrow('must be host:port, got ""');
});

test('the error for an address at which nothing listens gives the reason', { timeout: 60_000 }, async () => {
  await expect(connectTo(localTarget('127.0.0.1:9'))).rejects.toThrow(
    'The Temporal server at 127.0.0.1:9 does not answer: no connection to it (ECONNREFUSED)',
  );
});

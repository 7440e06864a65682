import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { connectionProblem } from '../../control/connection-problem.ts';
import { ConfigError, EnvironmentError } from '../../lib/core/errors.ts';

async function addressOf(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const problem = (address: string, tls = false) =>
  connectionProblem({ connectionOptions: { address, tls }, namespace: 'default' }, new Error('deadline exceeded'));

/** A server that answers with a different protocol, such as a web server. */
const plain = () => addressOf(createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad\r\n\r\n')));

async function encrypted(): Promise<string> {
  const pem = await readFile(new URL('self-signed.pem', import.meta.url));
  return addressOf(
    createTlsServer({ key: pem, cert: pem, ALPNProtocols: ['h2'] }, (socket) => socket.on('error', () => {})),
  );
}

test('a name that cannot be resolved', async () => {
  const found = await problem('nowhere.invalid:7233');
  expect(found).toBeInstanceOf(EnvironmentError);
  expect(found.message).toMatch(
    /^The Temporal server at nowhere\.invalid:7233 does not answer: its name cannot be resolved \(.*nowhere\.invalid/,
  );
});

test('an address at which nothing listens', async () => {
  expect((await problem('127.0.0.1:9')).message).toContain('does not answer: no connection to it (ECONNREFUSED)');
});

test('a server that speaks TLS, to a client that does not', async () => {
  const found = await problem(await encrypted());
  expect(found).toBeInstanceOf(ConfigError);
  expect(found.message).toContain('does not answer:\n  it speaks TLS: set TEMPORAL_TLS=true, or tls in the profile');
});

test('a server that does not speak TLS, to a client that does', async () => {
  const found = await problem(await plain(), true);
  expect(found).toBeInstanceOf(ConfigError);
  expect(found.message).toContain('it does not speak TLS, which is configured (TEMPORAL_TLS, or the profile)');
});

test('a server whose certificate is not accepted', async () => {
  expect((await problem(await encrypted(), true)).message).toContain(
    "its certificate or this client's is not accepted, or it is not healthy (deadline exceeded)",
  );
});

test('a server that is not a Temporal server', async () => {
  expect((await problem(await plain())).message).toContain('the program that listens there is not a Temporal server');
});

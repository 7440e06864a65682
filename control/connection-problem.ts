import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ConfigError, EnvironmentError, type OperationalError } from '../lib/core/errors.ts';
import type { TemporalTarget } from './temporal-target.ts';

/** Milliseconds to wait for a connection. */
const patience = 3000;

const defaultPort = 7233;

/**
 * Finds out why a server cannot be reached: Temporal's library says "deadline exceeded" in most cases. Call this only after a failure,
 * since some servers can be reached only through a proxy.
 */
export async function connectionProblem(
  { connectionOptions }: TemporalTarget,
  cause: unknown,
): Promise<OperationalError> {
  const { address = `localhost:${defaultPort}`, tls } = connectionOptions;
  const heading = `The Temporal server at ${address} does not answer`;
  const because = (reason: string) => new EnvironmentError(`${heading}: ${reason}`, { cause });
  const { host, port } = partsOf(address);
  const resolved = await lookup(host).catch((error: Error) => error);
  if (resolved instanceof Error) return because(`its name cannot be resolved (${resolved.message})`);
  const refusal = await opened(connectTcp({ host: resolved.address, port }), 'connect');
  if (refusal !== undefined) return because(`no connection to it (${refusal})`);
  const speaksTls = await opened(
    connectTls({
      ...{ host: resolved.address, port, rejectUnauthorized: false, ALPNProtocols: ['h2'] },
      ...(isIP(host) === 0 ? { servername: host } : {}),
    }),
    'secureConnect',
  );
  const usesTls = tls !== undefined && tls !== null && tls !== false;
  if (usesTls && speaksTls !== undefined)
    return new ConfigError(heading, [
      `it does not speak TLS, which is configured (TEMPORAL_TLS, or the profile): ${speaksTls}`,
    ]);
  if (!usesTls && speaksTls === undefined)
    return new ConfigError(heading, ['it speaks TLS: set TEMPORAL_TLS=true, or tls in the profile']);
  const detail = cause instanceof Error ? cause.message : String(cause);
  return because(
    usesTls
      ? `its certificate or this client's is not accepted, or it is not healthy (${detail})`
      : `the program that listens there is not a Temporal server, or is not healthy (${detail})`,
  );
}

function partsOf(address: string): { host: string; port: number } {
  const [, host, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(address)!;
  return { host: host!, port: Number(port ?? defaultPort) };
}

/** Waits for a connection to open, then closes it. Returns why it did not open, or undefined if it did. */
function opened(socket: Socket, event: 'connect' | 'secureConnect'): Promise<string | undefined> {
  return new Promise<string | undefined>((resolve) => {
    socket.setTimeout(patience, () => resolve(`no answer within ${patience / 1000} s`));
    socket.once(event, () => resolve(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.once('close', () => resolve('it was closed'));
  }).finally(() => socket.destroy());
}

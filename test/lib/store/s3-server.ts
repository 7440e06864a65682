import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findOnPath } from '../../../lib/native/tools.ts';
import { userCache } from '../../../lib/core/files/user-cache.ts';
import { withLock } from '../../../lib/core/files/lock.ts';

const version = 'v1.8.0';

/** Whether the S3 server of these tests can be had: it is built from the Go module registry, once a user. */
export const hasGo = findOnPath(['go']) !== undefined;

/** A server that speaks S3's protocol (versitygw), over a folder, with one bucket. */
export class S3Server {
  readonly bucket = 'studies';
  /** What clients must find in their environment. */
  readonly environment: Record<string, string>;
  readonly #process: ChildProcess;

  private constructor(port: number, process: ChildProcess) {
    this.#process = process;
    this.environment = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test-secret',
      AWS_REGION: 'us-east-1',
    };
  }

  /** @param folder for the buckets, each a folder of its own */
  static async start(folder: string): Promise<S3Server> {
    const binary = await build();
    const port = await freePort();
    // A bucket is a folder.
    await mkdir(join(folder, 'studies'), { recursive: true });
    const gateway = spawn(binary, ['--port', `127.0.0.1:${port}`, '--health', '/health', 'posix', folder], {
      env: { ...process.env, ROOT_ACCESS_KEY: 'test', ROOT_SECRET_KEY: 'test-secret' },
      stdio: 'ignore',
    });
    for (;;) {
      if (gateway.exitCode !== null) throw new Error(`the S3 server ended with code ${gateway.exitCode}`);
      const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
      if (answer?.ok === true) return new S3Server(port, gateway);
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    this.#process.kill();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }
}

async function build(): Promise<string> {
  const folder = join(userCache(), `versitygw-${version}`);
  const binary = join(folder, 'versitygw');
  return withLock(folder, {}, async () => {
    const isThere = await access(binary).then(
      () => true,
      () => false,
    );
    if (!isThere)
      await promisify(execFile)('go', ['install', `github.com/versity/versitygw/cmd/versitygw@${version}`], {
        env: { ...process.env, GOBIN: folder },
      });
    return binary;
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

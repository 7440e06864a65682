import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporalBinary } from '../../lib/native/index.ts';
import { startLocalServer, type LocalServer } from '../../runtime/temporal-server.ts';
import { builtModule } from '../built-program.ts';
import { sharedTemporaryFolder, temporaryFolder } from '../temporary-folder.ts';
import { RunningProgram } from './running-program.ts';

const root = sharedTemporaryFolder();
let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer(await temporalBinary(), join(root, 'temporal'));
});
afterAll(() => server.stop());

const programs = {
  worker: { module: 'worker', args: ['--role', 'study', '--gpus', 'none'] },
  start: { module: 'client', args: ['start', '--rehearse'] },
};

/** How a program ends: its exit code and what it printed on standard error. */
async function end(name: keyof typeof programs, environment: Record<string, string>, { fromSources = false } = {}) {
  const state = await temporaryFolder();
  const { module, args } = programs[name];
  const program = new RunningProgram(fromSources ? `${module}.ts` : module, [...args, '--state', state], environment);
  const code = await program.ended();
  return { code, stderr: program.stderr };
}

describe.each(['worker', 'start'] as const)('%s prints the error and ends', { timeout: 60_000 }, (name) => {
  test('if TEMPORAL_ADDRESS is not an address, without the password in it', async () => {
    const { code, stderr } = await end(name, { TEMPORAL_ADDRESS: 'http://u:PW@127.0.0.1:7233' });
    expect(stderr).toContain('must be host:port, got "http://***@127.0.0.1:7233"');
    expect(stderr).not.toContain('PW');
    expect(code).toBe(2);
  });

  test('if the namespace does not exist', async () => {
    const { code, stderr } = await end(name, { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'nowhere' });
    expect(stderr).toMatch(/has no namespace nowhere:\n.*temporal operator namespace create --namespace nowhere/);
    expect(code).toBe(2);
  });
});

test.each(['worker', 'start'] as const)('%s prints the error and ends if the cache cannot be written', async (name) => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  const environment: Record<string, string> = name === 'worker' ? { TEMPORAL_ADDRESS: server.address } : {};
  // A worker keeps the bundle of the workflows there if it runs from its sources, as in a checkout.
  const { code, stderr } = await end(
    name,
    { ...environment, XDG_CACHE_HOME: file },
    { fromSources: name === 'worker' },
  );
  expect(stderr).toContain(file);
  expect(stderr).not.toMatch(/\n +at /);
  expect(code).toBe(1);
});

test('worker names a metrics port that is already in use', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;
  const { module, args } = programs.worker;
  const options = [...args, '--state', await temporaryFolder(), '--metrics', address];
  const worker = new RunningProgram(module, options, { TEMPORAL_ADDRESS: server.address });
  expect(await worker.ended()).toBe(1);
  expect(worker.stderr).toMatch(new RegExp(`^Metrics cannot be served at ${address} \\(--metrics\\): .*in use`));
  other.close();
});

// Each waits for another process.
describe.concurrent('a command whose event loop is blocked', { timeout: 60_000 }, () => {
  /** A program that prints its process id, and then blocks its event loop for a minute. */
  const programWith = (options: object) => `
    import { isSupervised } from '${builtModule('supervise')}';
    import { Interruption } from '${builtModule('interruption')}';
    if (await isSupervised()) {
      new Interruption(${JSON.stringify(options)});
      process.stdout.write(String(process.pid));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
    }
  `;

  async function start(options = {}) {
    const args = ['--input-type=module', '-e', programWith(options)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [pid] = (await once(child.stdout, 'data')) as [Buffer];
    const began = Date.now();
    const ended = (async () => {
      const [code] = (await once(child, 'exit')) as [number | null];
      return { code, seconds: (Date.now() - began) / 1000 };
    })();
    return { child, computing: Number(pid), ended };
  }

  test('ends at the second Ctrl-C', async () => {
    const { child, computing, ended } = await start();
    child.kill('SIGINT');
    await sleep(700);
    expect(child.exitCode).toBeNull();
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(() => process.kill(computing, 0)).toThrow('ESRCH');
  });

  test.each([
    ['some ten seconds after SIGTERM', {}, 10],
    ['after the time that it asks for', { patience: 12 }, 12],
  ])('ends %s', async (_when, options, least) => {
    const { child, computing, ended } = await start(options);
    child.kill('SIGTERM');
    const { code, seconds } = await ended;
    expect(code).toBe(130);
    expect(seconds).toBeGreaterThan(least);
    expect(() => process.kill(computing, 0)).toThrow('ESRCH');
  });
});

test('a command that computes decodes images on all cores, unless its user says otherwise', async () => {
  const program = `
    import { isSupervised } from '${builtModule('supervise')}';
    if (await isSupervised()) {
      const { decodingThreads } = await import('${builtModule('decoding-threads')}');
      process.stdout.write(String(decodingThreads(Number(process.env.CORES))));
    }`;
  const threads = async (environment: Record<string, string | undefined>) => {
    const args = ['--input-type=module', '-e', program];
    const env = { ...process.env, UV_THREADPOOL_SIZE: undefined, ...environment };
    return (await promisify(execFile)(process.execPath, args, { env })).stdout;
  };
  const cores = availableParallelism();
  expect(await threads({ CORES: String(cores) })).toBe(String(cores));
  expect(await threads({ CORES: '64' })).toBe(String(Math.max(4, cores)));
  expect(await threads({ CORES: '64', UV_THREADPOOL_SIZE: '48' })).toBe('48');
});

test('a command that ends by itself at SIGTERM ends then, and not only when its time is up', async () => {
  const program = `
    import { isSupervised } from '${builtModule('supervise')}';
    import { Interruption } from '${builtModule('interruption')}';
    if (await isSupervised()) {
      const { asked } = new Interruption();
      process.stdout.write('ready');
      setInterval(() => {}, 1000);
      await asked;
      process.exit(130);
    }
  `;
  const args = ['--input-type=module', '-e', program];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const began = Date.now();
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(130);
  expect(Date.now() - began).toBeLessThan(8000);
});

test('a command has the exit code of the process that it supervises, and ends with it', async () => {
  const sample = new RunningProgram('client', ['sample', '--preset', 'nothing']);
  expect(await sample.ended()).toBe(2);
  expect(sample.stderr).toContain('--preset is invalid');
});

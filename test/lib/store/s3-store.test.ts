import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { EnvironmentError } from '../../../lib/core/errors.ts';
import type { ArtifactStore } from '../../../lib/store/artifact-store.ts';
import { openS3Store } from '../../../lib/store/s3-store.ts';
import { sharedTemporaryFolder, temporaryFolder } from '../../temporary-folder.ts';
import { hasGo, S3Server } from './s3-server.ts';
import { describeStore } from './store-contract.ts';

describe.skipIf(!hasGo)('with an S3 server (built with Go: skipped where there is none)', () => {
  let server: S3Server;
  const folder = sharedTemporaryFolder();
  beforeAll(async () => {
    server = await S3Server.start(folder);
    for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value);
  }, 600_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.stop();
  });

  const open = async (bucket = server.bucket) =>
    openS3Store({ bucket, prefix: `mine/${randomUUID()}` }, await temporaryFolder());

  describeStore('an S3 store', () => open());

  test('the parts of uploads that killed processes have left of a run are removed, and those of others are not', async () => {
    const { CreateMultipartUploadCommand, ListMultipartUploadsCommand, S3Client, UploadPartCommand } =
      await import('@aws-sdk/client-s3');
    const client = new S3Client({ endpoint: server.environment['AWS_ENDPOINT_URL']!, forcePathStyle: true });
    const store = await open();
    const own = store.location.slice(`s3://${server.bucket}/`.length);
    for (const name of ['runs/a/weights.bin', 'runs/a/checkpoints/x.bin', 'runs/b/weights.bin']) {
      const target = { Bucket: server.bucket, Key: `${own}/${name}` };
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
      await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'half' }));
    }
    const left = async () => {
      const query = new ListMultipartUploadsCommand({ Bucket: server.bucket, Prefix: own });
      return (await client.send(query)).Uploads?.map(({ Key }) => Key!.slice(own.length + 1)) ?? [];
    };
    await store.removeAbandoned('runs/a/', 600_000);
    expect(await left()).toHaveLength(3);
    await store.removeAbandoned('runs/a/', 0);
    expect(await left()).toEqual(['runs/b/weights.bin']);
    client.destroy();
  });

  test('a missing bucket is a failure of the environment, not an empty store', async () => {
    const store = await open('elsewhere');
    await expect(store.get('runs/a/record.json')).rejects.toBeInstanceOf(EnvironmentError);
    await expect(store.put('a', '')).rejects.toThrow('s3://elsewhere/mine');
  });

  test('refused credentials are a failure of the environment that does not show them', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-the-secret');
    try {
      const refusal = await (await open()).put('a', '').catch((error: Error) => error);
      expect(refusal).toBeInstanceOf(EnvironmentError);
      expect(String((refusal as Error).stack)).not.toContain('not-the-secret');
    } finally {
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', server.environment['AWS_SECRET_ACCESS_KEY']);
    }
  });
});

test('a server that is down is a failure of the environment', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'x');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'y');
  try {
    const store = openS3Store({ bucket: 'studies', prefix: '' }, await temporaryFolder());
    await expect(store.get('a')).rejects.toBeInstanceOf(EnvironmentError);
  } finally {
    vi.unstubAllEnvs();
  }
});

test('a store whose first connection could not be made works as soon as one can be', async () => {
  const store = await storeOn((_request, response) => response.end('content'), await temporaryFolder());
  vi.doMock('@smithy/core/config', () => ({
    loadConfig: () => () => Promise.reject(new Error('EMFILE: too many open files')),
  }));
  try {
    await expect(store.get('a')).rejects.toThrow(EnvironmentError);
    await expect(store.get('a')).rejects.toThrow('The store s3://studies failed: Error: EMFILE');
  } finally {
    vi.doUnmock('@smithy/core/config');
    vi.resetModules();
  }
  expect((await store.get('a'))!.toString()).toBe('content');
});

/** A store on a server that answers as `listener` does. */
async function storeOn(listener: RequestListener, cache: string, silence?: number): Promise<ArtifactStore> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'x');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'y');
  return openS3Store({ bucket: 'studies', prefix: '' }, cache, silence);
}

test('a server that accepts a request and does not answer, or stops halfway, is a failure of the environment', async () => {
  const silent = await storeOn(() => {}, await temporaryFolder(), 200);
  await expect(silent.get('a')).rejects.toBeInstanceOf(EnvironmentError);
  await expect(silent.put('a', 'b')).rejects.toBeInstanceOf(EnvironmentError);
  const stopping: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('the beginning');
  };
  const cache = await temporaryFolder();
  const store = await storeOn(stopping, cache, 200);
  await expect(store.get('a')).rejects.toBeInstanceOf(EnvironmentError);
  await expect(store.withFile('a', () => Promise.resolve())).rejects.toBeInstanceOf(EnvironmentError);
  expect(await readdir(cache)).toEqual([]);
});

test.each([403, 501])('uploads that a server does not list (%i) are left, and stop nothing', async (status) => {
  const store = await storeOn((_request, response) => response.writeHead(status).end(), await temporaryFolder());
  await store.removeAbandoned('runs/a/', 0);
});

test('weights that a machine has tested leave nothing behind on it', async () => {
  const cache = await temporaryFolder();
  const store = await storeOn((_request, response) => response.end('weights'), cache);
  const lent = await store.withFile('runs/a1/weights.bin', async (path) => {
    expect(await readFile(path, 'utf8')).toBe('weights');
    return path;
  });
  expect(lent).toContain(cache);
  expect(await readdir(cache)).toEqual([]);
});

test('a missing file on this machine is not a failure of the store', async () => {
  const store = await storeOn((_request, response) => response.end(), await temporaryFolder());
  const missing = join(await temporaryFolder(), 'weights.bin');
  await expect(store.putFile('runs/a1/weights.bin', missing)).rejects.toMatchObject({ code: 'ENOENT', path: missing });
});

test.each([
  ['endpoint_url = URL', ''],
  ['services = mine', '[services mine]\ns3 =\n  endpoint_url = URL\n'],
])('the server and the region of a profile are used (%s)', async (line, section) => {
  const requests: { path: string; authorization: string }[] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url!, authorization: request.headers.authorization ?? '' });
    response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = join(await temporaryFolder(), 'config');
  await writeFile(
    config,
    `[profile mine]\naws_access_key_id = x\naws_secret_access_key = y\nregion = eu-north-1\n${line}\n${section}`.replace(
      'URL',
      url,
    ),
  );
  const names = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', 'AWS_REGION', 'AWS_DEFAULT_REGION'];
  for (const name of names) vi.stubEnv(name, undefined);
  const environment = { AWS_CONFIG_FILE: config, AWS_PROFILE: 'mine' };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  try {
    const store = openS3Store({ bucket: 'studies', prefix: '' }, await temporaryFolder());
    expect(await store.has('a')).toBe(false);
    expect(requests[0]!.path).toMatch(/^\/studies\/a/);
    expect(requests[0]!.authorization).toContain('/eu-north-1/s3/');
  } finally {
    vi.unstubAllEnvs();
    server.close();
  }
});

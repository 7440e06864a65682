import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { contentHash } from '../core/canonical-json.ts';
import { EnvironmentError } from '../core/errors.ts';
import { writeFileAtomically } from '../core/files/atomic-write.ts';
import { checkArtifactName, isArtifactName, type ArtifactStore } from './artifact-store.ts';

export interface S3Location {
  bucket: string;
  /** Without leading or trailing slash; empty for the whole bucket. */
  prefix: string;
}

// Otherwise each command would begin with an eight-line warning on Node 20, with which this version of the SDK works.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

/** Number of attempts at a create-only write that collides with concurrent writes of the same name. */
const mostConflicts = 10;

/** Milliseconds within which a connection must be made, and after which a silent one counts as broken. */
const [longestConnecting, longestSilence] = [10_000, 60_000];

/**
 * Opens a store in a bucket of Amazon S3, or of a server that speaks its protocol (AWS_ENDPOINT_URL, or endpoint_url in a profile). Server,
 * region and credentials come from where AWS clients look for them: the environment and the usual files.
 * @param cache folder on this machine for copies of artifacts that are needed as files
 * @param silence milliseconds without a byte after which a request fails; it is repeated twice
 */
export function openS3Store(location: S3Location, cache: string, silence = longestSilence): ArtifactStore {
  return new S3Store(location, cache, silence);
}

class S3Store implements ArtifactStore {
  readonly location: string;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #cache: string;
  readonly #silence: number;
  #client: Promise<S3Client> | undefined;

  constructor({ bucket, prefix }: S3Location, cache: string, silence: number) {
    this.location = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
    this.#bucket = bucket;
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
    this.#cache = cache;
    this.#silence = silence;
  }

  async put(name: string, content: Uint8Array | string): Promise<void> {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    await this.#send(name, (client, target) => client.send(new PutObjectCommand({ ...target, Body: content })));
  }

  async create(name: string, content: Uint8Array | string): Promise<boolean> {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    for (let tries = 1; ; tries++)
      try {
        const command = { Body: content, IfNoneMatch: '*' };
        await this.#send(name, (client, target) => client.send(new PutObjectCommand({ ...target, ...command })));
        return true;
      } catch (error) {
        const status = statusOf(error);
        if (status === 412) return false;
        // Another write of the same name was in progress: it may have failed or succeeded.
        if (status !== 409 || tries === mostConflicts) throw error;
        await sleep(50 * tries);
      }
  }

  async putFile(name: string, path: string): Promise<void> {
    const { Upload } = await import('@aws-sdk/lib-storage');
    // Large files are sent in parts: a file may have any size, and is never held in memory.
    await this.#send(name, (client, target) =>
      new Upload({ client, params: { ...target, Body: createReadStream(path) } }).done(),
    );
  }

  async get(name: string): Promise<Buffer | undefined> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    return this.#find(name, async (client, target) => {
      const { Body } = await client.send(new GetObjectCommand(target));
      return Buffer.from(await Body!.transformToByteArray());
    });
  }

  async has(name: string): Promise<boolean> {
    return (await this.#etag(name)) !== undefined;
  }

  async list(prefix: string): Promise<string[]> {
    return (await this.#listing(prefix)).names.filter(isArtifactName);
  }

  async children(prefix: string): Promise<string[]> {
    const { prefixes } = await this.#listing(prefix, '/');
    return prefixes.map((child) => child.slice(prefix.length, -1)).filter(isArtifactName);
  }

  async localFile(name: string): Promise<string> {
    const etag = await this.#etag(name);
    if (etag === undefined) throw new EnvironmentError(`${name} is not in ${this.location}`);
    const path = join(this.#cache, contentHash([this.location, name, etag]).slice(0, 32), basename(name));
    if ((await stat(path).catch(() => undefined)) !== undefined) return path;
    const content = await this.get(name);
    if (content === undefined) throw new EnvironmentError(`${name} is not in ${this.location}`);
    await writeFileAtomically(path, content);
    return path;
  }

  async withFile<Result>(name: string, work: (path: string) => Promise<Result>): Promise<Result> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const folder = join(this.#cache, randomUUID());
    const path = join(folder, basename(name));
    try {
      // The artifact may be large: it is never held in memory.
      const isFound = await this.#find(name, async (client, target) =>
        writeFileAtomically(path, (await client.send(new GetObjectCommand(target))).Body as Readable),
      );
      if (isFound === undefined) throw new EnvironmentError(`${name} is not in ${this.location}`);
      return await work(path);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async delete(name: string): Promise<void> {
    const { DeleteObjectCommand } = await import('@aws-sdk/client-s3');
    await this.#send(name, (client, target) => client.send(new DeleteObjectCommand(target)));
  }

  async removeAbandoned(prefix: string, age: number): Promise<void> {
    const { AbortMultipartUploadCommand, ListMultipartUploadsCommand } = await import('@aws-sdk/client-s3');
    const Bucket = this.#bucket;
    try {
      await this.#guarded(async (client) => {
        // The first thousand are enough: it will be called again.
        const query = new ListMultipartUploadsCommand({ Bucket, Prefix: this.#prefix + prefix });
        for (const { Key, UploadId, Initiated } of (await client.send(query)).Uploads ?? [])
          if (Initiated !== undefined && Date.now() - Initiated.getTime() >= age)
            await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      });
    } catch (error) {
      // Not everybody may list uploads, and not every server can. One that is not found has ended meanwhile.
      if (![403, 404, 405, 501].includes(statusOf(error) ?? 0)) throw error;
    }
  }

  /** The identifier of an artifact's content; undefined if the artifact does not exist. */
  async #etag(name: string): Promise<string | undefined> {
    const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
    return this.#find(name, async (client, target) => (await client.send(new HeadObjectCommand(target))).ETag ?? '');
  }

  async #listing(prefix: string, delimiter?: string): Promise<{ names: string[]; prefixes: string[] }> {
    const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
    const own = (key: string) => key.slice(this.#prefix.length);
    const found = { names: [] as string[], prefixes: [] as string[] };
    await this.#guarded(async (client) => {
      const query = { Bucket: this.#bucket, Prefix: this.#prefix + prefix, Delimiter: delimiter };
      for await (const { Contents = [], CommonPrefixes = [] } of paginateListObjectsV2({ client }, query)) {
        found.names.push(...Contents.map(({ Key }) => own(Key!)));
        found.prefixes.push(...CommonPrefixes.map((common) => own(common.Prefix!)));
      }
    });
    return { names: found.names.sort(), prefixes: found.prefixes.sort() };
  }

  async #find<Result>(
    name: string,
    read: (client: S3Client, target: { Bucket: string; Key: string }) => Promise<Result>,
  ): Promise<Result | undefined> {
    try {
      return await this.#send(name, read);
    } catch (error) {
      if (statusOf(error) === 404 && !/NoSuchBucket/.test(causeOf(error).name)) return undefined;
      throw error;
    }
  }

  #send<Result>(
    name: string,
    work: (client: S3Client, target: { Bucket: string; Key: string }) => Promise<Result>,
  ): Promise<Result> {
    checkArtifactName(name);
    return this.#guarded((client) => work(client, { Bucket: this.#bucket, Key: this.#prefix + name }));
  }

  /** Returns the client, which is made on first use; if that fails, the next call tries again. */
  async #connected(): Promise<S3Client> {
    const connecting = (this.#client ??= connect(this.#silence));
    try {
      return await connecting;
    } catch (error) {
      if (this.#client === connecting) this.#client = undefined;
      throw error;
    }
  }

  /**
   * Turns failures into EnvironmentErrors: they may be temporary, as in the network, the server, or access rights that an administrator
   * corrects.
   */
  async #guarded<Result>(work: (client: S3Client) => Promise<Result>): Promise<Result> {
    try {
      return await work(await this.#connected());
    } catch (cause) {
      // Errors about files on this machine stay as they are.
      if (!(cause instanceof Error) || ('path' in cause && 'syscall' in cause)) throw cause;
      throw new EnvironmentError(`The store ${this.location} failed: ${cause.name}: ${cause.message}`, { cause });
    }
  }
}

async function connect(silence: number): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { endpoint, region } = await configuredServer();
  // Without limits, a server that accepts a request and never answers would block a run forever, because its heartbeats continue.
  const requestHandler = { connectionTimeout: Math.min(longestConnecting, silence), socketTimeout: silence };
  if (endpoint === undefined) return new S3Client({ requestHandler });
  // Other servers may not support bucket names in the host name, or the newest checksums.
  return new S3Client({
    ...{ endpoint, region: region ?? 'us-east-1', forcePathStyle: true, requestHandler },
    ...{ requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' },
  });
}

/** Reads the server and the region from the environment, or else from the profile (AWS_PROFILE) in the usual files. */
async function configuredServer(): Promise<{ endpoint: string | undefined; region: string | undefined }> {
  const { loadConfig } = await import('@smithy/core/config');
  const firstOf = (values: Record<string, string | undefined>, names: readonly string[]) =>
    names.map((name) => values[name]).find((value) => value !== undefined && value !== '');
  const setting = (variables: readonly string[], find: (profile: Profile, services: Profile) => string | undefined) =>
    loadConfig<string | undefined>({
      environmentVariableSelector: (environment) => firstOf(environment, variables),
      configFileSelector: (profile, all) => find(profile, all?.[`services.${profile['services']}`] ?? {}),
      default: undefined,
    })();
  const [endpoint, region] = await Promise.all([
    setting(
      ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'],
      (profile, services) => services['s3.endpoint_url'] ?? profile['endpoint_url'],
    ),
    setting(['AWS_REGION', 'AWS_DEFAULT_REGION'], (profile) => profile['region']),
  ]);
  return { endpoint, region };
}

type Profile = Record<string, string | undefined>;

const causeOf = (error: unknown) => ((error as Error).cause ?? error) as Partial<S3ServiceException> & Error;
const statusOf = (error: unknown) => causeOf(error).$metadata?.httpStatusCode;

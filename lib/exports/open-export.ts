import { stat } from 'node:fs/promises';
import { concurrently } from '../core/concurrently.ts';
import { ArtifactError, OperationalError } from '../core/errors.ts';
import { parseJsonWith } from '../core/validation.ts';
import { listZip, readZipFile, type ZipFile } from '../datasets/archives/zip.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import {
  exportIndexName,
  exportIndexSchema,
  exportLimits,
  isTrainerFile,
  mostBytes,
  readmeName,
  sha256,
  type ExportIndex,
} from './export-index.ts';

/** An exported study, opened for reading: its files are read from the archive one by one, on demand. */
export interface OpenedExport {
  index: ExportIndex;
  /** Names of its files, without `export.json`. */
  names: readonly string[];
  store: ArtifactStore;
}

/** Largest ratio by which a file may grow when it is unpacked, if it exceeds `freeBytes`; texts grow about tenfold. */
const mostRatio = 200;
const freeBytes = 2 ** 20;

/**
 * Opens the file of an exported study; reads only its directory and its index.
 * @throws ArtifactError if it is not an export, or holds something that no export does
 */
export async function openExport(path: string): Promise<OpenedExport> {
  const archive = { path, offset: 0, size: (await stat(path)).size };
  const refuse = (problems: readonly string[]): never => {
    throw new ArtifactError(`${path} is not an exported study`, problems);
  };
  const files = new Map<string, ZipFile>();
  let bytes = 0;
  const take = (file: ZipFile) => {
    const { name, size } = file;
    const shown = JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}...` : name);
    const most = mostBytes(name);
    if (most === undefined) refuse([`${shown} is not a file of an export`]);
    if (size > most!) refuse([`${shown} must be at most ${most} bytes, got ${size}`]);
    if (size > freeBytes && size > mostRatio * file.bytes && !isTrainerFile(name))
      refuse([`${shown} must unpack to at most ${mostRatio} times its ${file.bytes} bytes, got ${size}`]);
    if (files.has(name)) refuse([`it contains ${shown} twice`]);
    bytes += size;
    if (bytes > exportLimits.bytes) refuse([`its files must be at most ${exportLimits.bytes} bytes in total`]);
    if (files.size >= exportLimits.files) refuse([`it must have at most ${exportLimits.files} files`]);
    files.set(name, file);
  };
  const onOther = (name: string, what: string): never =>
    refuse([`${JSON.stringify(name.slice(0, 100))} is ${what}; an export has files only`]);
  try {
    const others = {
      onFolder: (name: string) => onOther(name, 'a folder'),
      onRefused: (why: string, name: string) => onOther(name, why),
    };
    for await (const file of listZip(archive, others)) take(file);
  } catch (error) {
    if (error instanceof ArtifactError || !(error instanceof OperationalError)) throw error;
    refuse([error.message]);
  }
  const store = new ExportStore(
    path,
    (name) => {
      const file = files.get(name);
      return file && readZipFile(archive, file);
    },
    files,
  );
  const index = await store.get(exportIndexName);
  if (index === undefined) return refuse([`it must have the file ${exportIndexName}`]);
  files.delete(exportIndexName);
  const name = `${exportIndexName} of ${path}`;
  return {
    index: parseJsonWith(exportIndexSchema, index.toString(), name, ArtifactError),
    names: [...files.keys()],
    store,
  };
}

/** Returns a line for each file that is missing, changed or not listed: reads every file once and compares it with its checksum. */
export async function fileProblems({ index, names, store }: OpenedExport, signal?: AbortSignal): Promise<string[]> {
  const present = new Set(names);
  const missing = Object.keys(index.files)
    .filter((name) => !present.has(name))
    .map((name) => `${name} is missing`);
  const own = [readmeName];
  const checked = await concurrently(names, 8, async (name) => {
    signal?.throwIfAborted();
    const expected = Object.hasOwn(index.files, name) ? index.files[name] : undefined;
    if (expected === undefined) return own.includes(name) ? [] : [`${name} is not listed in ${exportIndexName}`];
    const content = await store.get(name).catch((error: unknown) => {
      if (!(error instanceof OperationalError)) throw error;
      return error.message;
    });
    if (typeof content === 'string') return [`${name} cannot be read: ${content}`];
    const found = sha256(content!);
    return found === expected ? [] : [`${name} was changed: its SHA-256 must be ${expected}, got ${found}`];
  });
  return [...missing, ...checked.flat()];
}

/** An artifact store that reads from an archive and cannot be written. */
class ExportStore implements ArtifactStore {
  readonly location: string;
  readonly #read: (name: string) => Promise<Buffer> | undefined;
  readonly #files: ReadonlyMap<string, unknown>;

  constructor(
    location: string,
    read: (name: string) => Promise<Buffer> | undefined,
    files: ReadonlyMap<string, unknown>,
  ) {
    this.location = location;
    this.#read = read;
    this.#files = files;
  }

  get(name: string): Promise<Buffer | undefined> {
    return Promise.resolve(this.#read(name));
  }

  has(name: string): Promise<boolean> {
    return Promise.resolve(this.#files.has(name));
  }

  list(prefix: string): Promise<string[]> {
    return Promise.resolve([...this.#files.keys()].filter((name) => name.startsWith(prefix)).sort());
  }

  children(prefix: string): Promise<string[]> {
    const parts = [...this.#files.keys()].flatMap((name) =>
      name.startsWith(prefix) ? (/^([^/]+)\//.exec(name.slice(prefix.length))?.[1] ?? []) : [],
    );
    return Promise.resolve([...new Set(parts)].sort());
  }

  put(): Promise<never> {
    return this.#readOnly();
  }

  create(): Promise<never> {
    return this.#readOnly();
  }

  putFile(): Promise<never> {
    return this.#readOnly();
  }

  removeAbandoned(): Promise<never> {
    return this.#readOnly();
  }

  delete(): Promise<never> {
    return this.#readOnly();
  }

  localFile(): Promise<never> {
    return this.#readOnly();
  }

  withFile(): Promise<never> {
    return this.#readOnly();
  }

  #readOnly(): Promise<never> {
    return Promise.reject(new Error(`${this.location} is an exported study: it can only be read`));
  }
}

import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { copyFileAtomically, partialMark, writeFileAtomically } from '../core/files/atomic-write.ts';
import { checkArtifactName, type ArtifactStore } from './artifact-store.ts';

/**
 * A store in a directory, which machines may share: an artifact is the file of that name. It is written under a temporary name,
 * flushed and renamed, so that readers see all of it or nothing.
 */
export function openDirectoryStore(root: string): ArtifactStore {
  return new DirectoryStore(root);
}

class DirectoryStore implements ArtifactStore {
  readonly location: string;

  constructor(root: string) {
    this.location = root;
  }

  async put(name: string, content: Uint8Array | string): Promise<void> {
    await writeFileAtomically(this.#path(name), content);
  }

  create(name: string, content: Uint8Array | string): Promise<boolean> {
    return writeFileAtomically(this.#path(name), content, { createOnly: true });
  }

  async putFile(name: string, path: string): Promise<void> {
    await copyFileAtomically(path, this.#path(name));
  }

  async get(name: string): Promise<Buffer | undefined> {
    return await orUndefined(readFile(this.#path(name)));
  }

  async has(name: string): Promise<boolean> {
    return (await orUndefined(stat(this.#path(name)))) !== undefined;
  }

  async list(prefix: string): Promise<string[]> {
    // Only the folder that the prefix points into is read.
    const folder = join(this.location, prefix.slice(0, prefix.lastIndexOf('/') + 1));
    const entries = (await orUndefined(readdir(folder, { recursive: true, withFileTypes: true }))) ?? [];
    return entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith(partialMark))
      .map((entry) => relative(this.location, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
      .filter((name) => name.startsWith(prefix))
      .sort();
  }

  async children(prefix: string): Promise<string[]> {
    const entries = (await orUndefined(readdir(join(this.location, prefix), { withFileTypes: true }))) ?? [];
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  }

  async localFile(name: string): Promise<string> {
    const path = this.#path(name);
    await stat(path);
    return path;
  }

  async delete(name: string): Promise<void> {
    await rm(this.#path(name), { force: true });
  }

  #path(name: string): string {
    checkArtifactName(name);
    return join(this.location, name);
  }
}

async function orUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

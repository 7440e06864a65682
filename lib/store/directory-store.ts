import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { EnvironmentError } from '../core/errors.ts';
import { copyFileAtomically, partialMark, writeFileAtomically, type WriteOptions } from '../core/files/atomic-write.ts';
import { orGone } from '../core/files/folder-bytes.ts';
import { makeFolder } from '../core/files/make-folder.ts';
import { checkArtifactName, identityArtifact, isArtifactName, type ArtifactStore } from './artifact-store.ts';

/**
 * Opens a store in a directory, which machines may share: an artifact is the file of that name. It is written under a temporary name,
 * flushed and renamed, so that readers see all of it or nothing.
 *
 * A network disk that is not mounted looks like an empty directory. Once the store's identity has been seen, the methods throw an
 * EnvironmentError while it is absent, instead of taking artifacts for missing or making folders.
 */
export function openDirectoryStore(root: string): ArtifactStore {
  return new DirectoryStore(root);
}

class DirectoryStore implements ArtifactStore {
  readonly location: string;
  #hasIdentity = false;

  constructor(root: string) {
    this.location = root;
  }

  async put(name: string, content: Uint8Array | string): Promise<void> {
    await this.#write(name, (path, options) => writeFileAtomically(path, content, options));
  }

  create(name: string, content: Uint8Array | string): Promise<boolean> {
    return this.#write(name, (path, options) => writeFileAtomically(path, content, { ...options, createOnly: true }));
  }

  async putFile(name: string, path: string): Promise<void> {
    await this.#write(name, (to, options) => copyFileAtomically(path, to, options));
  }

  async get(name: string): Promise<Buffer | undefined> {
    const content = await this.#found(readFile(this.#path(name)));
    if (name === identityArtifact && content !== undefined) this.#hasIdentity = true;
    return content;
  }

  async has(name: string): Promise<boolean> {
    return (await this.#found(stat(this.#path(name)))) !== undefined;
  }

  async list(prefix: string): Promise<string[]> {
    // Only the folder that the prefix points into is read.
    const folder = join(this.location, prefix.slice(0, prefix.lastIndexOf('/') + 1));
    const entries = (await this.#found(readdir(folder, { recursive: true, withFileTypes: true }))) ?? [];
    return entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith(partialMark))
      .map((entry) => relative(this.location, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
      .filter((name) => name.startsWith(prefix) && isArtifactName(name))
      .sort();
  }

  async children(prefix: string): Promise<string[]> {
    const entries = (await this.#found(readdir(join(this.location, prefix), { withFileTypes: true }))) ?? [];
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .filter(isArtifactName)
      .sort();
  }

  async localFile(name: string): Promise<string> {
    const path = this.#path(name);
    await this.#present(stat(path));
    return path;
  }

  async withFile<Result>(name: string, work: (path: string) => Promise<Result>): Promise<Result> {
    return work(await this.localFile(name));
  }

  async delete(name: string): Promise<void> {
    const path = this.#path(name);
    if (await this.has(name)) await this.#present(rm(path, { force: true }));
  }

  async removeAbandoned(prefix: string, age: number): Promise<void> {
    const folder = join(this.location, prefix);
    const entries = (await this.#found(readdir(folder, { recursive: true, withFileTypes: true }))) ?? [];
    for (const { parentPath, name } of entries.filter((entry) => entry.name.endsWith(partialMark))) {
      const path = join(parentPath, name);
      const found = await orGone(stat(path));
      if (found !== undefined && Date.now() - found.mtimeMs >= age) await rm(path, { force: true });
    }
  }

  #path(name: string): string {
    checkArtifactName(name);
    return join(this.location, name);
  }

  /** Writes a file; its folder is made only in the store itself, not in whatever is in its place while its disk is not mounted. */
  async #write(name: string, write: (path: string, options: WriteOptions) => Promise<boolean>): Promise<boolean> {
    let hasMadeFolder = false;
    const makeMissing = async (folder: string) => {
      await this.#checkPresence();
      hasMadeFolder = true;
      await makeFolder(folder, this.#hasIdentity ? this.location : undefined);
    };
    const isWritten = await this.#present(write(this.#path(name), { makeMissing }));
    // If the store disappeared just before the folder was made, the file is in an empty mount point, and lost.
    if (hasMadeFolder) await this.#checkPresence();
    return isWritten;
  }

  /** Returns the result of reading; undefined if there is no such file or folder. */
  async #found<Result>(reading: Promise<Result>): Promise<Result | undefined> {
    try {
      return await this.#present(reading);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Returns the result of work on files; if it finds none, checks first that the store itself is present. */
  async #present<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      if (isMissing(error)) await this.#checkPresence();
      throw error;
    }
  }

  /** @throws EnvironmentError if the store had an identity and has none now */
  async #checkPresence(): Promise<void> {
    if (!this.#hasIdentity) return;
    try {
      await stat(join(this.location, identityArtifact));
    } catch (cause) {
      if (!isMissing(cause)) throw cause;
      throw new EnvironmentError(
        `The store ${this.location} has disappeared: ${identityArtifact} is missing; is its disk mounted?`,
        { cause },
      );
    }
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

import { readFile } from 'node:fs/promises';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';

/** An artifact store that forgets, and has no files. */
export class MemoryStore implements ArtifactStore {
  readonly location = 'memory';
  readonly artifacts = new Map<string, Buffer>();

  put(name: string, content: Uint8Array | string): Promise<void> {
    this.artifacts.set(name, Buffer.from(content));
    return Promise.resolve();
  }

  create(name: string, content: Uint8Array | string): Promise<boolean> {
    if (this.artifacts.has(name)) return Promise.resolve(false);
    this.artifacts.set(name, Buffer.from(content));
    return Promise.resolve(true);
  }

  async putFile(name: string, path: string): Promise<void> {
    this.artifacts.set(name, await readFile(path));
  }

  get(name: string): Promise<Buffer | undefined> {
    return Promise.resolve(this.artifacts.get(name));
  }

  has(name: string): Promise<boolean> {
    return Promise.resolve(this.artifacts.has(name));
  }

  list(prefix: string): Promise<string[]> {
    return Promise.resolve([...this.artifacts.keys()].filter((name) => name.startsWith(prefix)).sort());
  }

  children(prefix: string): Promise<string[]> {
    const names = [...this.artifacts.keys()].filter((name) => name.startsWith(prefix));
    const parts = names.flatMap((name) => /^([^/]+)\//.exec(name.slice(prefix.length))?.[1] ?? []);
    return Promise.resolve([...new Set(parts)].sort());
  }

  localFile(name: string): Promise<string> {
    return Promise.reject(new Error(`${name} is in memory, not in a file`));
  }

  withFile(name: string): Promise<never> {
    return Promise.reject(new Error(`${name} is in memory, not in a file`));
  }

  removeAbandoned(): Promise<void> {
    return Promise.resolve();
  }

  delete(name: string): Promise<void> {
    this.artifacts.delete(name);
    return Promise.resolve();
  }
}

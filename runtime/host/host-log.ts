import { watchFile, unwatchFile } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { orGone } from '../../lib/core/files/folder-bytes.ts';
import type { StateFolder } from '../../lib/core/files/state-folder.ts';

/** Returns the file with the messages of a host. Commands print what is appended while they use the host. */
export const hostLog = ({ root }: StateFolder): string => join(root, 'host.log');

const interval = 200;

/**
 * Calls `say` with each line that is appended to a file from now on. If the file is replaced (a log that reaches its limit is renamed), the
 * lines of both files are passed on. A file that cannot be read is tried again when it changes.
 * @returns a function that passes on the remaining lines and stops
 */
export async function followHostLog(path: string, say: (line: string) => void): Promise<() => Promise<void>> {
  const log = new FollowedFile(path, say);
  let reading = log.skip();
  const readOn = () => {
    reading = reading.then(() => log.read());
  };
  await reading;
  watchFile(path, { interval, persistent: false }, readOn);
  return async () => {
    unwatchFile(path, readOn);
    readOn();
    await reading;
    await log.close();
  };
}

class FollowedFile {
  readonly #path: string;
  readonly #say: (line: string) => void;
  /** Stays open, so that it is read to its end even if it is renamed meanwhile. */
  #file: FileHandle | undefined;
  #position = 0;
  #decoder = new StringDecoder('utf8');
  #rest = '';
  #isReadable = true;

  constructor(path: string, say: (line: string) => void) {
    this.#path = path;
    this.#say = say;
  }

  /** Skips to the end of the file. */
  async skip(): Promise<void> {
    await this.#attempt(async () => {
      this.#file = await this.#opened();
      this.#position = (await this.#file?.stat())?.size ?? 0;
    });
  }

  /** Passes on the lines that have been appended. */
  async read(): Promise<void> {
    await this.#attempt(async () => {
      await this.#readOn();
      if (!(await this.#isReplaced())) return;
      await this.close();
      this.#begin();
      this.#file = await this.#opened();
      await this.#readOn();
    });
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** Runs work and reports its first failure: a command must not fail because a host's messages cannot be read. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#isReadable = true;
    } catch (error) {
      if (this.#isReadable) this.#say(`the messages of the host cannot be read: ${(error as Error).message}`);
      this.#isReadable = false;
    }
  }

  #begin(): void {
    this.#position = 0;
    this.#decoder = new StringDecoder('utf8');
    this.#rest = '';
  }

  #opened(): Promise<FileHandle | undefined> {
    return orGone(open(this.#path));
  }

  async #isReplaced(): Promise<boolean> {
    const now = await orGone(stat(this.#path));
    if (now === undefined) return false;
    return now.ino !== (await this.#file?.stat())?.ino;
  }

  async #readOn(): Promise<void> {
    if (this.#file === undefined) return;
    const { size } = await this.#file.stat();
    // The file was emptied.
    if (size < this.#position) this.#begin();
    const buffer = Buffer.alloc(mostAtOnce);
    while (this.#position < size) {
      const { bytesRead } = await this.#file.read(buffer, 0, mostAtOnce, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      const lines = (this.#rest + this.#decoder.write(buffer.subarray(0, bytesRead))).split('\n');
      this.#rest = lines.pop()!;
      for (const line of lines) this.#say(line);
    }
  }
}

/** Bytes read at a time. */
const mostAtOnce = 2 ** 16;

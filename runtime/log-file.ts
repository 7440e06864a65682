import { appendFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { orGone } from '../lib/core/files/folder-bytes.ts';
import { makeFolder } from '../lib/core/files/make-folder.ts';

/** Maximum number of lines that wait to be written while a disk is slow; more are dropped. */
const mostWaiting = 10_000;

/** Bytes after which a new log is started. */
export const mostLogBytes = 64 * 2 ** 20;

/** Starts a new log once the current one reaches its limit; only the previous one is kept, as `<path>.1`. */
export async function rotateLog(path: string, mostBytes = mostLogBytes): Promise<void> {
  const log = await orGone(stat(path));
  if (log !== undefined && log.size >= mostBytes) await orGone(rename(path, `${path}.1`));
}

/**
 * A file to which lines are appended, and which is rotated. Other programs, such as logrotate, may rename or remove it. Work must not end
 * because its log cannot be written: lines that cannot be written, e.g. because the disk is full, are dropped and counted, and the next
 * written line is preceded by one with their number.
 */
export class LogFile {
  readonly #path: string;
  readonly #mostBytes: number;
  readonly #describeLoss: (lines: number, reason: string) => string;
  #writing: Promise<void> = Promise.resolve();
  #waiting = 0;
  #lost = { lines: 0, reason: '' };

  /** @param describeLoss returns the line that says how many lines are missing, and why */
  constructor(
    path: string,
    describeLoss = (lines: number, reason: string) => `${lines} lines were lost: ${reason}`,
    mostBytes = mostLogBytes,
  ) {
    this.#path = path;
    this.#mostBytes = mostBytes;
    this.#describeLoss = describeLoss;
  }

  /** @param line without its line break */
  write(line: string): void {
    if (this.#waiting >= mostWaiting) return this.#lose('it was written too slowly');
    this.#waiting++;
    this.#writing = this.#writing.then(() => this.#append(line));
  }

  /** Resolves when every earlier line has been written or dropped. */
  async flushed(): Promise<void> {
    await this.#writing;
  }

  async #append(line: string): Promise<void> {
    this.#waiting--;
    const { lines, reason } = this.#lost;
    const text = lines === 0 ? `${line}\n` : `${this.#describeLoss(lines, reason)}\n${line}\n`;
    try {
      // A log that cannot be renamed is continued.
      await rotateLog(this.#path, this.#mostBytes).catch(() => undefined);
      await appendFile(this.#path, text).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        await makeFolder(dirname(this.#path));
        await appendFile(this.#path, text);
      });
      this.#lost = { lines: this.#lost.lines - lines, reason: this.#lost.reason };
    } catch (error) {
      this.#lose((error as Error).message);
    }
  }

  #lose(reason: string): void {
    this.#lost = { lines: this.#lost.lines + 1, reason };
  }
}

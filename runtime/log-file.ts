import { appendFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../lib/core/files/make-folder.ts';

/** Lines that wait to be written while a disk is slow; more are dropped. */
const mostWaiting = 10_000;

/**
 * A file to which lines are appended. Work must not end because its log cannot be written: lines that a full disk, say, does not
 * take are dropped and counted, and the next line that is written follows one with their number.
 */
export class LogFile {
  readonly #path: string;
  readonly #describeLoss: (lines: number, reason: string) => string;
  #writing: Promise<void> = Promise.resolve();
  #waiting = 0;
  #lost = { lines: 0, reason: '' };

  /** @param describeLoss the line that tells how many lines are missing, and why */
  constructor(path: string, describeLoss = (lines: number, reason: string) => `${lines} lines were lost: ${reason}`) {
    this.#path = path;
    this.#describeLoss = describeLoss;
  }

  /** @param line without its line break */
  write(line: string): void {
    if (this.#waiting >= mostWaiting) return this.#lose('it was written too slowly');
    this.#waiting++;
    this.#writing = this.#writing.then(() => this.#append(line));
  }

  /** Settles when every line before has been written or dropped. */
  async flushed(): Promise<void> {
    await this.#writing;
  }

  async #append(line: string): Promise<void> {
    this.#waiting--;
    const { lines, reason } = this.#lost;
    const text = lines === 0 ? `${line}\n` : `${this.#describeLoss(lines, reason)}\n${line}\n`;
    try {
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

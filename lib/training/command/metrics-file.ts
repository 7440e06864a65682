import type { FileHandle } from 'node:fs/promises';
import { NotAFile, openUntrusted } from './untrusted-file.ts';

/** Bytes read at a time: few enough to parse in a millisecond or two. */
const chunkBytes = 2 ** 16;

/** Bytes of the longest line; a longer one cannot be a metric. */
const longestLine = 2 ** 16;

/** Bytes that may be waiting to be read; if there are more, only the last of them are read. */
const mostWaiting = 2 ** 24;

/**
 * Reads a file of lines as another process appends to it, in bounded memory and time whatever that process writes. Each line is passed on
 * once, when it is complete; lines that are too long, or are written faster than they can be read, are dropped.
 */
export class MetricsFile {
  readonly #path: string;
  readonly #onLine: (line: string) => void;
  readonly #onNote: (note: string) => void;
  #inode: number | undefined;
  #position = 0;
  /** The beginning of a line that is not complete yet. */
  #begun: Buffer = Buffer.alloc(0);
  /** Whether the rest of the current line is dropped. */
  #isSkipping = false;

  constructor(path: string, onLine: (line: string) => void, onNote: (note: string) => void) {
    this.#path = path;
    this.#onLine = onLine;
    this.#onNote = onNote;
  }

  /**
   * Passes on the lines written since the last call.
   * @returns whether anything was written
   */
  async read(): Promise<boolean> {
    let file: FileHandle | undefined;
    try {
      file = await openUntrusted(this.#path);
    } catch (error) {
      if (!(error instanceof NotAFile)) throw error;
      this.#onNote(error.message);
    }
    if (file === undefined) return false;
    try {
      return await this.#readFrom(file);
    } finally {
      await file.close();
    }
  }

  async #readFrom(file: FileHandle): Promise<boolean> {
    const { ino, size } = await file.stat();
    if (ino !== this.#inode || size < this.#position) {
      if (this.#inode !== undefined) this.#onNote(`${this.#path} was replaced or cut: it is read from its beginning`);
      this.#inode = ino;
      this.#position = 0;
      this.#startLine(false);
    }
    if (size === this.#position) return false;
    if (size - this.#position > mostWaiting) {
      this.#onNote(
        `${this.#path} grows too fast: only the last ${mostWaiting} of ${size - this.#position} new bytes are read`,
      );
      this.#position = size - mostWaiting;
      this.#startLine(true);
    }
    const chunk = Buffer.alloc(Math.min(chunkBytes, size - this.#position));
    while (this.#position < size) {
      const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, size - this.#position), this.#position);
      if (bytesRead === 0) break;
      this.#position += bytesRead;
      this.#take(chunk.subarray(0, bytesRead));
    }
    return true;
  }

  #take(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      const line = Buffer.concat([this.#begun, chunk.subarray(start, end)]);
      if (!this.#isSkipping && line.length <= longestLine) {
        const text = line.toString().trim();
        if (text !== '') this.#onLine(text);
      }
      this.#startLine(false);
      start = end + 1;
    }
    if (this.#isSkipping) return;
    this.#begun = Buffer.concat([this.#begun, chunk.subarray(start)]);
    if (this.#begun.length > longestLine) this.#startLine(true);
  }

  #startLine(isSkipping: boolean): void {
    this.#begun = Buffer.alloc(0);
    this.#isSkipping = isSkipping;
  }
}

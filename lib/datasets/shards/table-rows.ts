/** Collects rows of a fixed width, one after another, in one growing buffer. */
export class TableRows {
  readonly #width: number;
  #bytes: Buffer;
  #rows = 0;

  /** @param width bytes of a row */
  constructor(width: number) {
    this.#width = width;
    this.#bytes = Buffer.alloc(1024 * width);
  }

  /** Appends a row of exactly the table's width. */
  add(row: Uint8Array): void {
    const start = this.#rows++ * this.#width;
    if (start + this.#width > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], 2 * this.#bytes.length);
    this.#bytes.set(row, start);
  }

  /** Returns the rows so far and forgets them; the buffer is valid until the next row is added. */
  take(): Buffer {
    const rows = this.#bytes.subarray(0, this.#rows * this.#width);
    this.#rows = 0;
    return rows;
  }
}

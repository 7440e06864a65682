import { existsSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';

/** Where Debian and others install it. */
const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(
  (triplet) => `/usr/lib/${triplet}/faketime/libfaketimeMT.so.1`,
);

/**
 * The clock of the processes that are started with its environment, by libfaketime. It can be put forward and back, as a machine's is when
 * it is corrected; times that must not jump (CLOCK_MONOTONIC) and those of files stay as they are.
 */
export class SteppedClock {
  readonly #file: string;
  readonly #library = libraries.find(existsSync);

  /** @param file that tells the processes their time */
  constructor(file: string) {
    this.#file = file;
    writeFileSync(file, '+0');
  }

  /** Whether libfaketime is installed. */
  get canStep(): boolean {
    return this.#library !== undefined;
  }

  get environment(): Record<string, string> {
    if (this.#library === undefined) return {};
    return {
      LD_PRELOAD: this.#library,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    };
  }

  /** Puts the clock so many seconds before (negative) or after the true time. */
  async set(seconds: number): Promise<void> {
    await writeFile(this.#file, `${seconds < 0 ? '' : '+'}${seconds}`);
  }
}

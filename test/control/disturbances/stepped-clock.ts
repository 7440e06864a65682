import { existsSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';

/** Path at which Debian and others install libfaketime. */
const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(
  (triplet) => `/usr/lib/${triplet}/faketime/libfaketimeMT.so.1`,
);

/**
 * A clock, by libfaketime, for processes that are started with its environment. It can be put forward and back, as when a machine's clock
 * is corrected; monotonic time (CLOCK_MONOTONIC) and the times of files do not change.
 */
export class SteppedClock {
  readonly #file: string;
  readonly #library = libraries.find(existsSync);

  /** @param file from which the processes read their time */
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

  /** Sets the clock this many seconds behind (negative) or ahead of the true time. */
  async set(seconds: number): Promise<void> {
    await writeFile(this.#file, `${seconds < 0 ? '' : '+'}${seconds}`);
  }
}

import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const bytes = 2 ** 28;

/** A disk of its own, if this user may mount one, which can be filled. */
export class SmallDisk {
  readonly folder: string;
  /** False if the folder is an ordinary one, because this user may not mount. */
  readonly canBeFilled: boolean;

  private constructor(folder: string, canBeFilled: boolean) {
    this.folder = folder;
    this.canBeFilled = canBeFilled;
  }

  static async mount(folder: string): Promise<SmallDisk> {
    await mkdir(folder);
    const isMounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]).then(
      () => true,
      () => false,
    );
    return new SmallDisk(folder, isMounted);
  }

  /** Leaves no byte free; does nothing to a folder on another disk. */
  async fill(): Promise<void> {
    if (!this.canBeFilled) return;
    await writeFile(this.#filler, Buffer.alloc(bytes)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOSPC') throw error;
    });
  }

  async free(): Promise<void> {
    await rm(this.#filler, { force: true });
  }

  async unmount(): Promise<void> {
    if (this.canBeFilled) await run('umount', ['-l', this.folder]);
  }

  get #filler(): string {
    return join(this.folder, 'filler');
  }
}

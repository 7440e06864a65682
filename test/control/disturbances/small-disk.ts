import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const bytes = 2 ** 28;

/** A disk that can be filled, if this user may mount one. */
export class SmallDisk {
  readonly folder: string;
  /** False if this user may not mount a disk: the folder is then an ordinary one. */
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

  /** Fills the disk to the last byte; does nothing if the folder is an ordinary one. */
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

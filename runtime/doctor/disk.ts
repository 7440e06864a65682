import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bytes as bytesInWords } from '../../lib/report/words/units.ts';
import { failure, ok, warning, type Finding } from './finding.ts';

/** What a study, or none, will put into a folder. */
export interface DiskNeed {
  /** What it is for, e.g. `prepared datasets`. */
  what: string;
  folder: string;
  bytes: number;
}

/** Bytes that any study needs, and those below which there is little room. */
const least = 1e9;
const comfortable = 10e9;

/** Whether the disks have room for what is needed: one finding a file system, as several folders may lie on one. */
export async function checkDisks(needs: readonly DiskNeed[], freeBytesOf = freeBytes): Promise<Finding[]> {
  const byDevice = new Map<number, DiskNeed[]>();
  for (const need of needs) {
    const folder = await existing(need.folder);
    const { dev } = await stat(folder);
    byDevice.set(dev, [...(byDevice.get(dev) ?? []), { ...need, folder }]);
  }
  return Promise.all(
    [...byDevice.values()].map(async (sharing) => {
      const { folder } = sharing[0]!;
      const free = await freeBytesOf(folder);
      const needed = sharing.reduce((sum, { bytes }) => sum + bytes, 0);
      const purposes = sharing
        .map(({ what, bytes }) => (bytes === 0 ? what : `${what} (${bytesInWords(bytes)})`))
        .join(', ');
      const detail = `${bytesInWords(free)} free in ${folder}, for ${purposes}`;
      const name = 'disk';
      if (free < Math.max(needed, least))
        return failure(
          name,
          detail,
          'free some space, or name folders on larger disks: --state <dir>, --store <location>',
        );
      if (free < Math.max(needed + comfortable / 2, comfortable))
        return warning(name, detail, 'free some space soon: a run that finds the disk full waits until there is some');
      return ok(name, detail);
    }),
  );
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** A folder, or the nearest one above it that is there. */
async function existing(folder: string): Promise<string> {
  try {
    await stat(folder);
    return folder;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if ((code !== 'ENOENT' && code !== 'ENOTDIR') || dirname(folder) === folder) throw error;
    return existing(dirname(folder));
  }
}

import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bytes as bytesInWords } from '../../lib/report/words/units.ts';
import { failure, ok, warning, type Finding } from './finding.ts';

/** Data that will be written to a folder. */
export interface DiskNeed {
  /** E.g. `prepared datasets`. */
  what: string;
  folder: string;
  bytes: number;
}

/** Bytes that every study needs, and free bytes below which there is a warning. */
const least = 1e9;
const comfortable = 10e9;

/** Checks whether each disk has enough room; several folders may be on the same disk. */
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

/** Returns a folder, or its nearest existing parent. */
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

import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Part } from '../../../lib/native/part.ts';

/** A part of two small files, the second written `milliseconds` after the first; each installation adds a line to `log`. */
export function fakePart({ log, milliseconds = 0 }: { log?: string; milliseconds?: number } = {}): Part {
  return {
    title: 'fake 1.0',
    folder: 'fake-1.0',
    diskBytes: 1000,
    async install({ directory, onActivity, signal }) {
      if (log !== undefined) await appendFile(log, 'install\n');
      onActivity({ state: 'unpacking' });
      await mkdir(join(directory, 'lib'));
      await writeFile(join(directory, 'lib', 'first'), 'first');
      await sleep(milliseconds, undefined, { signal });
      await writeFile(join(directory, 'second'), 'second');
    },
  };
}

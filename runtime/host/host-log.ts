import { watchFile, unwatchFile } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateFolder } from '../../lib/core/files/state-folder.ts';

/** File with the messages of a host. Commands print what is appended while they use the host. */
export const hostLog = ({ root }: StateFolder): string => join(root, 'host.log');

const interval = 200;

/**
 * Calls `say` with each line that is appended to a file from now on.
 * @returns a function that passes on the lines so far, and stops
 */
export async function followHostLog(path: string, say: (line: string) => void): Promise<() => Promise<void>> {
  let read = (await stat(path).catch(() => undefined))?.size ?? 0;
  let rest = '';
  let reading: Promise<void> = Promise.resolve();
  const readOn = async () => {
    const file = await open(path).catch(() => undefined);
    if (file === undefined) return;
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(0, size - read)), 0, undefined, read);
      read += bytesRead;
      const lines = (rest + buffer.toString('utf8', 0, bytesRead)).split('\n');
      rest = lines.pop()!;
      for (const line of lines) say(line);
    } finally {
      await file.close();
    }
  };
  const listener = () => void (reading = reading.then(readOn));
  watchFile(path, { interval, persistent: false }, listener);
  return async () => {
    unwatchFile(path, listener);
    await reading.then(readOn);
  };
}

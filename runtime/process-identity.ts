import { readFile } from 'node:fs/promises';

/**
 * Identifies a process among all that had or will have the same id: by its start time and the machine's boot. Undefined if there is no such
 * process, or if it has ended and its parent has not yet collected it.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8');
    // Fields 3 (state) and 22 (start time) of proc(5); the name before them, in parentheses, may contain anything.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${fields[19]} ${(await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

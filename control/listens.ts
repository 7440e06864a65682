import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

const listening = '0A';

/** Whether a process itself listens on a TCP port (IPv4): another process may have taken the port first. */
export async function listens(pid: number, port: number): Promise<boolean> {
  const folder = join('/proc', String(pid), 'fd');
  // The process may not exist, or may have closed a file meanwhile.
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => '')));
  const sockets = (await readFile('/proc/net/tcp', 'utf8')).trim().split('\n').slice(1);
  return sockets
    .map((line) => line.trim().split(/\s+/))
    .some(
      ([, local, , state, , , , , , inode]) =>
        state === listening &&
        parseInt(local?.split(':')[1] ?? '', 16) === port &&
        targets.includes(`socket:[${inode}]`),
    );
}

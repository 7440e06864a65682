import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A TCP port of 127.0.0.1 that is free: the preferred one, else one that the system chooses. */
export async function freePort(preferred: number): Promise<number> {
  try {
    return await listenOnce(preferred);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    return listenOnce(0);
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const { port: bound } = server.address() as AddressInfo;
      server.close(() => resolve(bound));
    });
  });
}

const listening = '0A';

/** Whether a process itself listens on a TCP port (IPv4): another one may have come first. */
export async function listens(pid: number, port: number): Promise<boolean> {
  const folder = join('/proc', String(pid), 'fd');
  // No such process, or a file that it has closed meanwhile.
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

import { createServer, type AddressInfo } from 'node:net';

/** Finds a free TCP port on 127.0.0.1: the preferred one, else one that the system chooses. */
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

import { once } from 'node:events';
import { rename, rmdir } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { stateFolder } from '../../../lib/core/files/state-folder.ts';
import type { ArtifactStore } from '../../../lib/store/artifact-store.ts';
import { openStore } from '../../../lib/store/open-store.ts';
import { S3Server } from '../../lib/store/s3-server.ts';

/** A store that can be made unavailable for a while. */
export interface AbsentStore {
  location: string;
  /** Environment variables for the programs that use it. */
  environment: Record<string, string>;
  open(): ArtifactStore;
  leave(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** A directory store whose folder can be missing, like a network disk that is not mounted. */
export function absentDirectory(folder: string): AbsentStore {
  const elsewhere = `${folder}-elsewhere`;
  return {
    location: folder,
    environment: {},
    open: () => openStore(folder, stateFolder(folder)),
    leave: () => rename(folder, elsewhere),
    comeBack: async () => {
      // Fails if a program took the missing folder for a new store and wrote to it.
      await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
      await rename(elsewhere, folder);
    },
    close: () => Promise.resolve(),
  };
}

/**
 * A store on an S3 server that answers every request with 503 while it is unavailable.
 * @param folder of the server's files and of local copies
 */
export async function absentBucket(folder: string): Promise<AbsentStore> {
  const server = await S3Server.start(join(folder, 's3'));
  const { port } = new URL(server.environment['AWS_ENDPOINT_URL']!);
  let isAway = false;
  const proxy: Server = createServer((asked, answer) => {
    if (isAway) {
      asked.resume();
      answer.writeHead(503).end();
      return;
    }
    const { method, url, headers } = asked;
    const passedOn = request({ host: '127.0.0.1', port, method, path: url, headers }, (answered) => {
      answer.writeHead(answered.statusCode!, answered.headers);
      answered.pipe(answer);
    });
    passedOn.on('error', () => answer.destroy());
    asked.pipe(passedOn);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const location = `s3://${server.bucket}/soak`;
  return {
    location,
    environment: {
      ...server.environment,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    },
    open: () => openStore(location, stateFolder(join(folder, 'looking'))),
    leave: () => {
      isAway = true;
      return Promise.resolve();
    },
    comeBack: () => {
      isAway = false;
      return Promise.resolve();
    },
    close: async () => {
      proxy.closeAllConnections();
      proxy.close();
      await server.stop();
    },
  };
}

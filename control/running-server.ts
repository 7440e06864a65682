import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { listens } from './listens.ts';

/** Files of a local server in its folder. */
export const serverFiles = {
  /** Describes a running server to other processes. */
  description: 'server.json',
  database: 'temporal.db',
  log: 'server.log',
};

const descriptionSchema = z.object({
  /** Process id of the server. */
  pid: z.int().positive(),
  address: z.string(),
  uiAddress: z.string(),
});

/** A local Temporal server that is running. */
export type ServerDescription = z.infer<typeof descriptionSchema>;

/**
 * The server that runs for a folder and answers at its address; undefined if there is none. Its description is believed only if its
 * process is that of a server of this folder. If the description is damaged, the server is looked for among the processes of this machine.
 */
export async function runningServer(directory: string): Promise<ServerDescription | undefined> {
  const described = await describedServer(directory);
  if (described === 'none') return undefined;
  const server = described === 'damaged' ? await undescribedServer(directory) : described;
  if (server === undefined || (await serverOf(directory, server.pid)) === undefined) return undefined;
  // One that is starting may not get the port that it asks for, at which another program answers meanwhile.
  return (await listens(server.pid, portOf(server.address))) ? server : undefined;
}

/** The port of an address, e.g. of `127.0.0.1:7233` or `http://127.0.0.1:8233`. */
export const portOf = (address: string): number => Number(/:(\d+)$/.exec(address)?.[1]);

/** The description of a server in a folder, which may have ended. */
export async function describedServer(directory: string): Promise<ServerDescription | 'none' | 'damaged'> {
  const text = await readFile(join(directory, serverFiles.description), 'utf8').catch(() => undefined);
  if (text === undefined) return 'none';
  try {
    return descriptionSchema.parse(JSON.parse(text));
  } catch {
    return 'damaged';
  }
}

/** A server that runs for a folder, found among all processes of this machine; undefined if there is none. */
export async function undescribedServer(directory: string): Promise<ServerDescription | undefined> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const servers = await Promise.all(pids.map((pid) => serverOf(directory, Number(pid))));
  return servers.find((server) => server !== undefined);
}

/**
 * The description of a process by its command line; undefined if it is not a server of this folder. A server runs in its folder and names
 * its database relative to it: it takes the path of a database for a URL, in which `#`, `?` and `%` have another meaning.
 */
async function serverOf(directory: string, pid: number): Promise<ServerDescription | undefined> {
  try {
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    const after = (option: string) => words[words.indexOf(option) + 1];
    if (!words.includes('start-dev') || after('--db-filename') !== serverFiles.database) return undefined;
    if ((await readlink(`/proc/${pid}/cwd`)) !== (await realpath(directory))) return undefined;
    const ip = after('--ip');
    return { pid, address: `${ip}:${after('--port')}`, uiAddress: `http://${ip}:${after('--ui-port')}` };
  } catch {
    // The process has ended, or belongs to somebody else.
    return undefined;
  }
}

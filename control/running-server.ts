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
 * Finds the server that runs for a folder and answers at its address; undefined if there is none. A description is trusted only if its
 * process is a server of this folder. If it is damaged, the server is searched for among the processes of this machine.
 */
export async function runningServer(directory: string): Promise<ServerDescription | undefined> {
  const described = await describedServer(directory);
  if (described === 'none') return undefined;
  const server = described === 'damaged' ? await undescribedServer(directory) : described;
  if (server === undefined || (await serverOf(directory, server.pid)) === undefined) return undefined;
  // A server that is starting may fail to get its port because another program answers there.
  return (await listens(server.pid, portOf(server.address))) ? server : undefined;
}

/** Returns the port of an address, e.g. of `127.0.0.1:7233` or `http://127.0.0.1:8233`. */
export const portOf = (address: string): number => Number(/:(\d+)$/.exec(address)?.[1]);

/** Reads the description of a folder's server, which may have ended. */
export async function describedServer(directory: string): Promise<ServerDescription | 'none' | 'damaged'> {
  const text = await readFile(join(directory, serverFiles.description), 'utf8').catch(() => undefined);
  if (text === undefined) return 'none';
  try {
    return descriptionSchema.parse(JSON.parse(text));
  } catch {
    return 'damaged';
  }
}

/** Searches all processes of this machine for a server that runs for a folder; undefined if there is none. */
export async function undescribedServer(directory: string): Promise<ServerDescription | undefined> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const servers = await Promise.all(pids.map((pid) => serverOf(directory, Number(pid))));
  return servers.find((server) => server !== undefined);
}

/**
 * Describes a process by its command line; undefined if it is not a server of this folder. A server runs in its folder and names its
 * database relative to it, because it reads the path of a database as a URL, in which `#`, `?` and `%` have a special meaning.
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
    // The process has ended, or belongs to another user.
    return undefined;
  }
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

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
  /** Process id of the `start` that it serves. */
  startPid: z.int().positive(),
  address: z.string(),
  uiAddress: z.string(),
});

/** A local Temporal server that is running. */
export type ServerDescription = z.infer<typeof descriptionSchema>;

/**
 * The server that runs for a folder; undefined if there is none. Another process may have its process id by now, so the command
 * of the process is checked.
 */
export async function runningServer(directory: string): Promise<ServerDescription | undefined> {
  const text = await readFile(join(directory, serverFiles.description), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const description = descriptionSchema.parse(JSON.parse(text));
  const command = await readFile(`/proc/${description.pid}/cmdline`, 'utf8').catch(() => '');
  return command.includes(join(directory, serverFiles.database)) ? description : undefined;
}

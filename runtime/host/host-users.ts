import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../../lib/core/files/atomic-write.ts';
import type { StateFolder } from '../../lib/core/files/state-folder.ts';
import { processIdentity } from '../process-identity.ts';
import { hostOptionsSchema } from './host-options.ts';

const userSchema = z.strictObject({
  /** The command, e.g. `start mine`. */
  name: z.string(),
  /** The study that it concerns. */
  studyId: z.string(),
  options: hostOptionsSchema,
  by: z.discriminatedUnion('kind', [
    /** A command that is running. */
    z.strictObject({ kind: z.literal('process'), pid: z.int().positive(), identity: z.string() }),
    /** A study that no command is following: it uses the host until it ends. */
    z.strictObject({ kind: z.literal('study') }),
  ]),
});

/** A command or a study that needs the host of a state folder. */
export type HostUser = z.infer<typeof userSchema>;

const folderOf = ({ root }: StateFolder) => join(root, 'users');
const fileOf = ({ by, studyId }: HostUser) =>
  by.kind === 'process' ? `process-${by.pid}.json` : `study-${studyId}.json`;

export async function addUser(state: StateFolder, user: HostUser): Promise<void> {
  await writeFileAtomically(join(folderOf(state), fileOf(user)), `${JSON.stringify(user)}\n`);
}

export async function removeUser(state: StateFolder, user: HostUser): Promise<void> {
  await rm(join(folderOf(state), fileOf(user)), { force: true });
}

/** Removes a user that no longer needs the host, unless it needs it again by then: a study may be extended, and its note written again. */
export async function removeIfOver(state: StateFolder, user: HostUser, isOver: () => Promise<boolean>): Promise<void> {
  if (!(await isOver())) return;
  await removeUser(state, user);
  if (!(await isOver())) await addUser(state, user);
}

/**
 * Lists the users of a host. Files of ended processes and damaged files are removed.
 * @throws the system's error if a file cannot be read, e.g. because too many are open: its user may still need the host
 */
export async function usersOf(state: StateFolder): Promise<HostUser[]> {
  const folder = folderOf(state);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const users: HostUser[] = [];
  for (const name of names.filter((each) => each.endsWith('.json')).sort()) {
    const user = await readUser(join(folder, name));
    if (user === undefined) await rm(join(folder, name), { recursive: true, force: true });
    else users.push(user);
  }
  return users;
}

async function readUser(path: string): Promise<HostUser | undefined> {
  try {
    const user = userSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    const isOver = user.by.kind === 'process' && (await processIdentity(user.by.pid)) !== user.by.identity;
    return isOver ? undefined : user;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    if (['ENOENT', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Describes a user, e.g. as `start mine (process 4711)`. */
export const describeUser = ({ name, studyId, by }: HostUser): string =>
  by.kind === 'process' ? `${name} (process ${by.pid})` : `the study ${studyId}, which no command is following`;

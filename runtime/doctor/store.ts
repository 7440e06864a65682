import { randomUUID } from 'node:crypto';
import type { ArtifactStore } from '../../lib/store/artifact-store.ts';
import { failure, ok, reasonOf, type Finding } from './finding.ts';

const name = 'store';

/**
 * Tests with a temporary artifact whether the store can be written to, read from and deleted from, and refuses to create an existing name.
 */
export async function checkStore(store: ArtifactStore): Promise<Finding> {
  const artifact = `doctor/${randomUUID()}.txt`;
  const contents = ['written', 'written over'] as const;
  let step = 'written to';
  try {
    if (!(await store.create(artifact, contents[0]))) return wrong('a new name was already taken');
    step = 'read from';
    if ((await store.get(artifact))?.toString() !== contents[0])
      return wrong('it returned something other than what was written');
    step = 'created in';
    if (await store.create(artifact, contents[1])) return wrong('an existing artifact can be created again');
    step = 'written to';
    await store.put(artifact, contents[1]);
    if ((await store.get(artifact))?.toString() !== contents[1])
      return wrong('an artifact that was replaced has its old content');
    step = 'deleted from';
    await store.delete(artifact);
    if (await store.has(artifact)) return wrong('a deleted artifact still exists');
  } catch (error) {
    return failure(name, `${store.location} cannot be ${step}: ${reasonOf(error)}`, remedyOf(error));
  }
  return ok(name, `${store.location}: written, read, created once and deleted`);

  function wrong(what: string): Finding {
    return failure(
      name,
      `${store.location}: ${what}`,
      'use a file system, or a server of the S3 protocol, that honours create-only writes (If-None-Match)',
    );
  }
}

function remedyOf(error: unknown): string {
  const { code, syscall } = error as NodeJS.ErrnoException;
  const another = 'or name another store: --store <location>';
  if (code === 'ENOSPC' || code === 'EDQUOT') return `free some space there, ${another}`;
  if (code === 'ENOTDIR' || code === 'EEXIST') return `move the file that is in the way, ${another}`;
  if (syscall !== undefined) return `make it a folder that this user can write, ${another}`;
  return `check its address, the network and the credentials in the environment, ${another}`;
}

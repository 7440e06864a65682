import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ArtifactError } from '../core/errors.ts';
import { parseJsonWith } from '../core/validation.ts';
import { identityArtifact as name, type ArtifactStore } from './artifact-store.ts';

const identitySchema = z.object({ id: z.uuid() });

/** Reads the identity of a store, the same for all its users, whatever path they reach it by; undefined if no worker has used it yet. */
export async function findStoreIdentity(store: ArtifactStore): Promise<string | undefined> {
  const content = await store.get(name);
  return content && parseJsonWith(identitySchema, content.toString(), name, ArtifactError).id;
}

/** Returns the identity of a store, which is given one if it has none. */
export async function storeIdentity(store: ArtifactStore): Promise<string> {
  const known = await findStoreIdentity(store);
  if (known !== undefined) return known;
  await store.create(name, `${JSON.stringify({ id: randomUUID() })}\n`);
  return (await findStoreIdentity(store))!;
}

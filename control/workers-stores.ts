import { isGrpcServiceError, type Client } from '@temporalio/client';
import type { ArtifactStore } from '../lib/store/artifact-store.ts';
import { findStoreIdentity } from '../lib/store/store-identity.ts';
import { NoServer, ServerAway, type StudyServer } from './study-server.ts';
import { roles, taskQueues, type Role } from '../workflows/task-queues.ts';
import { storeOfWorker } from '../workflows/worker-identity.ts';

/** Milliseconds without a request for work after which a worker counts as ended; workers ask at least once a minute. */
const longestSilence = 120_000;

/** temporal.api.enums.v1.TaskQueueType */
const activityQueue = 2;

/**
 * Says why the running workers cannot carry out the studies of a store, in one sentence naming the roles in which all workers use other
 * stores. Undefined if there is no such role; roles without workers do not count.
 */
export async function workersElsewhere(client: Client, store: ArtifactStore): Promise<string | undefined> {
  const id = await findStoreIdentity(store);
  const elsewhere: Role[] = [];
  for (const role of roles) {
    const stores = await storesOfWorkers(client, role);
    if (stores.length > 0 && !stores.includes(id)) elsewhere.push(role);
  }
  if (elsewhere.length === 0) return undefined;
  return `no worker in the ${elsewhere.length === 1 ? 'role' : 'roles'} ${elsewhere.join(', ')} uses the store ${store.location}: the running ones use another; give them this one, or name theirs here (--store)`;
}

/** Does the same, but returns undefined if the server does not answer, which the status of a study itself says. */
export async function workersElsewhereIfKnown(server: StudyServer, store: ArtifactStore): Promise<string | undefined> {
  try {
    return await server.ask((client) => workersElsewhere(client, store));
  } catch (error) {
    if (isGrpcServiceError(error) || error instanceof NoServer || error instanceof ServerAway) return undefined;
    throw error;
  }
}

/** Lists the stores of those workers in a role that name theirs. */
async function storesOfWorkers(client: Client, role: Role): Promise<(string | undefined)[]> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueues[role] },
    taskQueueType: activityQueue,
  });
  return (pollers ?? [])
    .filter(({ lastAccessTime }) => Date.now() - 1000 * Number(lastAccessTime?.seconds ?? 0) < longestSilence)
    .map(({ identity }) => storeOfWorker(identity ?? ''))
    .filter((found) => found !== undefined);
}

import type { Client, Connection } from '@temporalio/client';
import { contentHash } from '../lib/core/canonical-json.ts';
import type { Submission } from '../lib/study/documents/submission.ts';
import { searchAttributeTypes } from '../workflows/search-attributes.ts';
import type { studyWorkflow } from '../workflows/study.ts';
import { taskQueues } from '../workflows/task-queues.ts';

/** Options for starting the workflow of a study that is not running yet. */
export async function startOptions(client: Client, { id, config }: Submission) {
  return {
    workflowId: id,
    taskQueue: taskQueues.study,
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    args: [{ studyId: id, searchable: await hasSearchAttributes(client) }] as Parameters<typeof studyWorkflow>,
    staticSummary: `${config.datasets.length} datasets, reference ${config.reference}`,
    memo: { config: contentHash(config), ...(config.rehearsal === undefined ? {} : { rehearsal: true }) },
    ...(config.description === '' ? {} : { staticDetails: config.description }),
  };
}

/** Whether a server has the search attributes of studies; without them studies run, but cannot be found by these attributes. */
export async function hasSearchAttributes({ connection, options: { namespace } }: Client): Promise<boolean> {
  const { operatorService } = connection as { operatorService?: Connection['operatorService'] };
  if (operatorService === undefined) return false;
  try {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    return searchAttributeTypes.every(([name]) => Object.hasOwn(customAttributes, name));
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

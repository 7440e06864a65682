import {
  WorkflowNotFoundError,
  type Client,
  type Connection,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import {
  InternalWorkflowStartOptionsSymbol,
  type InternalWorkflowStartOptions,
} from '@temporalio/client/lib/internal.js';
import { randomUUID } from 'node:crypto';
import { contentHash } from '../lib/core/canonical-json.ts';
import { ConfigError } from '../lib/core/errors.ts';
import type { Submission } from '../lib/study/documents/submission.ts';
import { searchAttributeTypes } from '../workflows/search-attributes.ts';
import type { studyWorkflow } from '../workflows/study.ts';
import { taskQueues } from '../workflows/task-queues.ts';
import type { Ask } from './study-server.ts';
import { untilAnswered } from './until-answered.ts';

/**
 * Starts the workflow of a study unless it is already running. If the server does not answer, the request is repeated for a minute.
 * @throws ConfigError if a different workflow with its id is running: another program's, or a rehearsal instead of the study
 */
export async function startWorkflow(ask: Ask, submission: Submission): Promise<void> {
  // The server carries out a repeated request only once, even if the study was cancelled in between.
  const request: Pick<InternalWorkflowStartOptions, typeof InternalWorkflowStartOptionsSymbol> = {
    [InternalWorkflowStartOptionsSymbol]: { requestId: randomUUID() },
  };
  await untilAnswered(() =>
    ask(async (client) => {
      await refuseOther(client, submission);
      const options = { ...(await startOptions(client, submission)), ...request };
      await client.workflow.start<typeof studyWorkflow>('studyWorkflow', options);
    }),
  );
}

async function refuseOther({ workflow }: Client, { id, config }: Submission): Promise<void> {
  let running: WorkflowExecutionDescription;
  try {
    running = await workflow.getHandle(id).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return;
    throw error;
  }
  if (running.status.name !== 'RUNNING') return;
  const refuse = (what: string) =>
    new ConfigError(`The study ${id} cannot be started`, [
      `id must be different: ${what} with this id is running on the Temporal server`,
    ]);
  if (running.type !== 'studyWorkflow') throw refuse(`a workflow of type ${running.type}`);
  const isRehearsal = running.memo?.['rehearsal'] === true;
  // Studies started by a schedule, or with Temporal's own command line, have no memo.
  if (running.memo?.['config'] !== undefined && isRehearsal !== (config.rehearsal !== undefined))
    throw refuse(isRehearsal ? 'a rehearsal' : 'a study that is not a rehearsal');
}

/** Returns the options for starting the workflow of a study that is not running yet. */
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

/** Whether a server has the search attributes of studies; without them, studies run but cannot be found by these attributes. */
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

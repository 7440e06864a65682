import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { StudyDocuments } from '../store/study-documents.ts';
import type { NamedArchitecture } from '../design-space/population.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { ConfigError } from '../core/errors.ts';
import { type StudyConfig } from '../study/config.ts';
import { taskQueues } from '../workflows/task-queues.ts';
import type { studyWorkflow } from '../workflows/study.ts';
import { configDifferences } from '../study/config-differences.ts';

export interface Submission {
  /** Id of the study: of its workflow, and of its artifacts. */
  id: string;
  config: StudyConfig;
  /** The population, where it comes from a file. */
  architectures?: readonly NamedArchitecture[] | undefined;
}

/** @throws ConfigError */
export function checkStudyId(id: string): void {
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(id))
    throw new ConfigError('--id is invalid', [
      `must be lower-case letters, digits, dots and dashes, got ${JSON.stringify(id)}`,
    ]);
}

/**
 * Puts a study into the store, or finds it there: an id always stands for the same config and population.
 * @throws ConfigError naming the fields in which the study of this id differs
 */
export async function submitStudy(store: ArtifactStore, { id, config, architectures }: Submission): Promise<void> {
  checkStudyId(id);
  const documents = new StudyDocuments(store, id);
  const existing = await documents.findConfig();
  const problems = existing === undefined ? [] : configDifferences(existing, config);
  if (existing !== undefined && problems.length === 0 && architectures !== undefined) {
    const identity = (population: readonly NamedArchitecture[]) =>
      canonicalJson(population.map(({ name, architecture }) => ({ name, architecture })));
    if (identity(await documents.architectures()) !== identity(architectures))
      problems.push('population.path holds other architectures now');
  }
  if (problems.length > 0)
    throw new ConfigError(
      `There is a study ${id} with another config already (--id gives this one another name)`,
      problems,
    );
  if (existing !== undefined) return;
  if (architectures !== undefined) await documents.writeArchitectures(architectures);
  await documents.writeConfig(config);
}

/** Starts the workflow of a submitted study; where it already runs, that one is meant. */
export function startStudyWorkflow(
  client: Client,
  { id, config }: Submission,
): Promise<WorkflowHandleWithFirstExecutionRunId<typeof studyWorkflow>> {
  return client.workflow.start<typeof studyWorkflow>('studyWorkflow', {
    workflowId: id,
    taskQueue: taskQueues.study,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: [{ study: id }],
    staticSummary: `${config.datasets.length} datasets, reference ${config.reference}`,
    ...(config.description === '' ? {} : { staticDetails: config.description }),
  });
}

/** Submits a study and starts it, or attaches to it. Workers for its task queues must run somewhere. */
export async function startStudy(
  client: Client,
  store: ArtifactStore,
  submission: Submission,
): Promise<WorkflowHandleWithFirstExecutionRunId<typeof studyWorkflow>> {
  await submitStudy(store, submission);
  return startStudyWorkflow(client, submission);
}

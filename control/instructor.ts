import {
  isGrpcServiceError,
  ServiceError,
  WithStartWorkflowOperation,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowClient,
  type WorkflowHandle,
} from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../lib/core/errors.ts';
import type { StudyConfig } from '../lib/study/config.ts';
import type { StudyExtensionInput } from '../lib/study/extension.ts';
import type { RetryRequest } from '../lib/study/instruction.ts';
import {
  cancelUpdate,
  extendUpdate,
  limitUpdate,
  pauseUpdate,
  resumeUpdate,
  retryUpdate,
} from '../workflows/messages.ts';
import type { studyWorkflow } from '../workflows/study.ts';
import { innermostMessage } from './innermost-message.ts';
import { startOptions } from './start.ts';

/** Sends the instructions of an operator to the workflow of a study. */
export class Instructor {
  readonly #client: Client;
  readonly #studyId: string;

  constructor(client: Client, studyId: string) {
    this.#client = client;
    this.#studyId = studyId;
  }

  async pause(updateId: string): Promise<void> {
    await this.#tell('paused', (study) => study.executeUpdate(pauseUpdate, { updateId }));
  }

  async resume(updateId: string): Promise<void> {
    await this.#tell('resumed', (study) => study.executeUpdate(resumeUpdate, { updateId }));
  }

  async limit(updateId: string, concurrentRuns: number | null): Promise<void> {
    await this.#tell('limited', (study) => study.executeUpdate(limitUpdate, { updateId, args: [concurrentRuns] }));
  }

  /** Settles when the study and its trainings have ended. */
  async cancel(updateId: string): Promise<void> {
    let isRequested = false;
    await this.#tell('cancelled', async (study) => {
      if (!isRequested) {
        await study.executeUpdate(cancelUpdate, { updateId });
        await study.cancel();
        isRequested = true;
      }
      await study.result().catch((error: unknown) => {
        if (!(error instanceof WorkflowFailedError)) throw error;
      });
    });
  }

  /** @param known the result of the instruction if it has been carried out already; called before each attempt */
  retry(
    updateId: string,
    config: StudyConfig,
    request: RetryRequest,
    known: () => Promise<Record<string, number> | undefined>,
  ): Promise<Record<string, number>> {
    return this.#tellOrRestart('retried', config, known, (workflow, startWorkflowOperation) =>
      workflow.executeUpdateWithStart(retryUpdate, { updateId, startWorkflowOperation, args: [request] }),
    );
  }

  /** @param known as for `retry` */
  extend(
    updateId: string,
    config: StudyConfig,
    extension: StudyExtensionInput,
    known: () => Promise<number | undefined>,
  ): Promise<number> {
    return this.#tellOrRestart('extended', config, known, (workflow, startWorkflowOperation) =>
      workflow.executeUpdateWithStart(extendUpdate, { updateId, startWorkflowOperation, args: [extension] }),
    );
  }

  /**
   * Sends an instruction to a running study. Repeats reach the execution that was running at first, never a later one.
   * @param what what is done to the study, e.g. `paused`
   */
  async #tell<Result>(what: string, send: (execution: WorkflowHandle) => Promise<Result>): Promise<Result> {
    const { workflow } = this.#client;
    try {
      const { status, runId } = await untilAnswered(() => workflow.getHandle(this.#studyId).describe());
      if (status.name !== 'RUNNING') throw this.#refusal(what, `it is not running: ${status.name.toLowerCase()}`);
      return await untilAnswered(() => send(workflow.getHandle(this.#studyId, runId)));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError)
        throw this.#refusal(what, 'the server knows no study with this id that is running');
      if (error instanceof WorkflowUpdateFailedError) throw this.#refusal(what, innermostMessage(error));
      throw error;
    }
  }

  /**
   * Sends an instruction to a study, which is restarted if it has ended.
   * @param known the result of the instruction if it has been carried out already; called before each attempt
   */
  async #tellOrRestart<Result>(
    what: string,
    config: StudyConfig,
    known: () => Promise<Result | undefined>,
    send: (workflow: WorkflowClient, start: WithStartWorkflowOperation<typeof studyWorkflow>) => Promise<Result>,
  ): Promise<Result> {
    const client = this.#client;
    try {
      return await untilAnswered(
        async () =>
          (await known()) ??
          (await send(
            client.workflow,
            new WithStartWorkflowOperation<typeof studyWorkflow>(
              'studyWorkflow',
              await startOptions(client, { id: this.#studyId, config }),
            ),
          )),
        // It ended just before the instruction arrived: the next attempt restarts it.
        (error) => error instanceof WorkflowNotFoundError,
      );
    } catch (error) {
      if (!(error instanceof WorkflowUpdateFailedError)) throw error;
      throw this.#refusal(what, innermostMessage(error));
    }
  }

  #refusal(what: string, why: string): ConfigError {
    return new ConfigError(`The study ${this.#studyId} cannot be ${what}`, [why]);
  }
}

/** Milliseconds for which a server may be away, e.g. because it is started again. */
const patience = 60_000;

/** Codes of gRPC that leave open whether a request was carried out: cancelled, unknown, deadline exceeded, resource exhausted, aborted, internal, unavailable. */
const unclear = [1, 2, 4, 8, 10, 13, 14];

/** Repeats a request, which must be idempotent, until there is an answer. */
async function untilAnswered<Result>(
  request: () => Promise<Result>,
  isToBeRepeated: (error: unknown) => boolean = () => false,
): Promise<Result> {
  for (const deadline = Date.now() + patience; ; await sleep(500))
    try {
      return await request();
    } catch (error) {
      if (Date.now() > deadline || !(isUnclear(error) || isToBeRepeated(error))) throw error;
    }
}

function isUnclear(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && unclear.includes(cause.code);
}

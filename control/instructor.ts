import {
  WithStartWorkflowOperation,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type WorkflowClient,
  type WorkflowHandle,
} from '@temporalio/client';
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
import type { Ask } from './study-server.ts';
import { untilAnswered } from './until-answered.ts';

/** Sends the instructions of an operator to the workflow of a study. */
export class Instructor {
  readonly #ask: Ask;
  readonly #studyId: string;

  constructor(ask: Ask, studyId: string) {
    this.#ask = ask;
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

  /** Resolves when the study and its trainings have ended. */
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

  /** @param known the result of the instruction if it has already been carried out; called before each attempt */
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
   * Sends an instruction to a running study. Repetitions reach the execution that was running at first, never a later one.
   * @param what the effect on the study, e.g. `paused`
   */
  async #tell<Result>(what: string, send: (execution: WorkflowHandle) => Promise<Result>): Promise<Result> {
    const id = this.#studyId;
    let isFound = false;
    try {
      const { status, runId } = await untilAnswered(() =>
        this.#ask(({ workflow }) => workflow.getHandle(id).describe()),
      );
      isFound = true;
      if (status.name !== 'RUNNING') throw this.#refusal(what, `it is not running: ${status.name.toLowerCase()}`);
      return await untilAnswered(() => this.#ask(({ workflow }) => send(workflow.getHandle(id, runId))));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError)
        throw this.#refusal(
          what,
          isFound ? 'it is not running: it has just ended' : 'the server knows no study with this id',
        );
      if (error instanceof WorkflowUpdateFailedError) throw this.#refusal(what, innermostMessage(error));
      throw error;
    }
  }

  /**
   * Sends an instruction to a study, which is restarted if it has ended.
   * @param known the result of the instruction if it has already been carried out; called before each attempt
   */
  async #tellOrRestart<Result>(
    what: string,
    config: StudyConfig,
    known: () => Promise<Result | undefined>,
    send: (workflow: WorkflowClient, start: WithStartWorkflowOperation<typeof studyWorkflow>) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await untilAnswered(
        async () => {
          const result = await known();
          if (result !== undefined) return result;
          return this.#ask(async (client) => {
            const options = await startOptions(client, { id: this.#studyId, config });
            const start = new WithStartWorkflowOperation<typeof studyWorkflow>('studyWorkflow', options);
            return send(client.workflow, start);
          });
        },
        // The study ended just before the instruction arrived: the next attempt restarts it.
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

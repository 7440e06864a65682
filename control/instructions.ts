import {
  isGrpcServiceError,
  ServiceError,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, EnvironmentError } from '../lib/core/errors.ts';
import { isInstructionId } from '../lib/study/instruction-words.ts';
import type { StudyConfig } from '../lib/study/config.ts';
import type { studyWorkflow } from '../workflows/study.ts';
import { innermostMessage } from './innermost-message.ts';
import { startOptions } from './start.ts';

export interface InstructionOptions {
  /**
   * Chosen once by whoever gives the instruction, and given again when it is repeated because no answer came: it is then carried out
   * once. At most 100 letters, digits and the characters `._-`; random by default.
   */
  id?: string | undefined;
}

/** An id for an instruction: the one that was chosen, else a random one. */
export function instructionIdOf({ id = randomUUID() }: InstructionOptions): string {
  if (!isInstructionId(id))
    throw new ConfigError('The instruction is invalid', [
      `id must be at most 100 letters, digits and the characters ._-, got ${JSON.stringify(id)}`,
    ]);
  return id;
}

/** Sends the instructions of an operator to the workflow of a study. */
export class Instructor {
  readonly #client: Client | undefined;
  readonly #studyId: string;

  constructor(client: Client | undefined, studyId: string) {
    this.#client = client;
    this.#studyId = studyId;
  }

  /** @throws EnvironmentError if there is no server */
  clientFor(what: string): Client {
    if (this.#client === undefined)
      throw new EnvironmentError(
        `The study ${this.#studyId} cannot be ${what}: no Temporal server is running or configured, so no study runs`,
      );
    return this.#client;
  }

  /**
   * Sends an instruction to a running study. Repeats reach the execution that was running at first, never a later one.
   * @param what what is done to the study, e.g. `paused`
   */
  async tell<Result>(what: string, send: (execution: WorkflowHandle) => Promise<Result>): Promise<Result> {
    const { workflow } = this.clientFor(what);
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
  async tellOrRestart<Result>(
    what: string,
    config: StudyConfig,
    known: () => Promise<Result | undefined>,
    send: (client: Client, start: WithStartWorkflowOperation<typeof studyWorkflow>) => Promise<Result>,
  ): Promise<Result> {
    const client = this.clientFor(what);
    try {
      return await untilAnswered(
        async () =>
          (await known()) ??
          (await send(
            client,
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

import { ApplicationFailure, currentUpdateInfo } from '@temporalio/workflow';
import type { StudyExtensionInput } from '../lib/study/extension.ts';
import { isInstructionId } from '../lib/study/instruction-words.ts';
import type { RetryRequest } from '../lib/study/instruction.ts';

/** Refuses an instruction. These checks come before anything else, so a refused instruction leaves no trace. */

export const refuse = (message: string): never => {
  throw ApplicationFailure.nonRetryable(message, 'usage');
};

/** Returns the id of the instruction that is being handled. */
export const instructionId = (): string => currentUpdateInfo()!.id;

export function checkInstruction(): void {
  const id = instructionId();
  if (!isInstructionId(id))
    refuse(
      `The id of an instruction must be at most 100 letters, digits and the characters ._-, got ${JSON.stringify(id)}`,
    );
}

export function checkLimit(runs: number | null): void {
  checkInstruction();
  if (runs !== null && !(Number.isInteger(runs) && runs > 0))
    refuse(`The limit must be a positive integer or null, got ${JSON.stringify(runs)}`);
}

export function checkRetry({ from }: RetryRequest): void {
  checkInstruction();
  if (!['checkpoint', 'scratch'].includes(from))
    refuse(`from must be one of "checkpoint", "scratch", got ${JSON.stringify(from)}`);
}

export function checkExtension({ architectures, networks = [], datasets = [] }: StudyExtensionInput): void {
  checkInstruction();
  if (architectures === undefined && networks.length === 0 && datasets.length === 0)
    refuse('An extension must name architectures, networks or datasets');
  if (architectures !== undefined && !(Number.isInteger(architectures) && architectures > 0))
    refuse(`architectures must be a positive integer, got ${JSON.stringify(architectures)}`);
}

import { randomUUID } from 'node:crypto';
import { ConfigError } from '../lib/core/errors.ts';
import { isInstructionId } from '../lib/study/instruction-words.ts';

export interface InstructionOptions {
  /**
   * Chosen once by whoever gives the instruction, and reused if it is repeated for lack of an answer, so that it is carried out only once.
   * At most 100 letters, digits and the characters `._-`; random by default.
   */
  id?: string | undefined;
}

/** Returns the id of an instruction: the chosen one, else a random one. */
export function instructionIdOf({ id = randomUUID() }: InstructionOptions): string {
  if (!isInstructionId(id))
    throw new ConfigError('The instruction is invalid', [
      `id must be at most 100 letters, digits and the characters ._-, got ${JSON.stringify(id)}`,
    ]);
  return id;
}

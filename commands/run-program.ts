import { CommanderError, type Command } from 'commander';
import { exitCodes, OperationalError } from '../lib/core/errors.ts';

/**
 * Runs a command line and sets the exit code of this process. Errors are printed here and nowhere else: foreseen ones as
 * their messages, others with their stacks.
 */
export async function runProgram(program: Command): Promise<void> {
  // A reader that stops reading, such as `head`, is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = reportError(error);
  }
}

/** Prints an error and returns the exit code that it stands for. */
export function reportError(error: unknown): number {
  // Commander has already printed its own errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
  const isForeseen = error instanceof OperationalError;
  const text = !(error instanceof Error) ? String(error) : isForeseen ? error.message : (error.stack ?? error.message);
  process.stderr.write(`${text}\n`);
  return isForeseen ? error.exitCode : exitCodes.failure;
}

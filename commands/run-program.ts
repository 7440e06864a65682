import { CommanderError, type Command } from 'commander';
import { exitCodes, OperationalError } from '../lib/core/errors.ts';
import { say } from './terminal/print.ts';

/**
 * Runs a command line and ends this process with its exit code, even if a library keeps connections open. Errors are printed only here:
 * expected ones as their messages, others with their stacks.
 */
export async function runProgram(program: () => Promise<Command>): Promise<never> {
  // A reader that stops reading, such as `head`, is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  try {
    await (await program()).parseAsync();
  } catch (error) {
    process.exitCode = reportError(error);
  }
  await Promise.all([process.stdout, process.stderr].map(flushed));
  process.exit();
}

/** Resolves when everything written to a stream has left this process. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.writableLength === 0 || stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });

/** Prints an error and returns its exit code. */
export function reportError(error: unknown): number {
  // Commander has already printed its own errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
  const isForeseen = error instanceof OperationalError;
  const text = !(error instanceof Error)
    ? String(error)
    : isForeseen || isOfSystem(error)
      ? error.message
      : (error.stack ?? error.message);
  say(text, [[/^.*/, 'red']]);
  return isForeseen ? error.exitCode : exitCodes.failure;
}

/** Codes of system errors that are not faults of this program: their message says everything, including the path. */
const ofSystem = [
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EACCES',
  'EPERM',
  'EIO',
  'ESTALE',
  'EMFILE',
  'ENFILE',
  'ENOTDIR',
  'ENOMEM',
  'EEXIST',
  'EISDIR',
  'ENOTEMPTY',
  'ENAMETOOLONG',
  'ELOOP',
  'EXDEV',
  'EBUSY',
  'ETXTBSY',
];

/**
 * Whether an error is the system's. Missing parents of folders are made, so ENOENT for mkdir means that the file system does not allow new
 * folders.
 */
const isOfSystem = ({ code, syscall }: NodeJS.ErrnoException): boolean =>
  ofSystem.includes(code ?? '') || (code === 'ENOENT' && syscall === 'mkdir');

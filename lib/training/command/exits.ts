import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorCategory } from '../../core/errors.ts';
import { printableText } from '../../core/printable.ts';
import type { TrainerOutput } from './output.ts';
import type { Exit } from './process-group.ts';
import { TrainerFailure } from './trainer-failure.ts';
import { NotAFile, readUntrusted } from './untrusted-file.ts';

/** Exit codes with which a trainer says what has to change: those of sysexits.h, and shells' codes for a command that cannot be run. */
const meanings: Partial<Record<number, [category: ErrorCategory, inWords: string]>> = {
  65: ['input', 'its data or settings are wrong'],
  69: ['unsuitable-worker', 'this machine lacks what it needs'],
  75: ['infrastructure', 'a temporary failure'],
  126: ['unsuitable-worker', 'a command cannot be run on this machine'],
  127: ['unsuitable-worker', 'a command is not on this machine'],
};

/** Maximum bytes of the file `failure` that a message shows. */
const shownFailure = 2000;

/** A disk with fewer free bytes counts as full. */
const fewBytes = 2 ** 20;

/** Interprets the end of a trainer that left no result. */
export async function failureOfExit(
  { code, signal }: Exit,
  { runFolder, output, name }: { runFolder: string; output: TrainerOutput; name: string },
): Promise<TrainerFailure> {
  const reason = (await writtenReason(runFolder)) || output.lastLine;
  const ending = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
  const inWords = (what: string) =>
    `the trainer ${name} ${ending}${what}${reason === '' ? '' : `: ${reason}`}${output.inWords}`;
  const meaning = code === null ? undefined : meanings[code];
  if (meaning !== undefined) return new TrainerFailure(meaning[0], inWords(` (${meaning[1]})`));
  if (code !== 0 && (output.matches(/no space left on device|disk quota exceeded/i) || (await isFull(runFolder))))
    return new TrainerFailure('infrastructure', inWords(' because no space is left on the disk'));
  if (output.matches(/out of memory|bad_alloc|MemoryError|cannot allocate memory/i))
    return new TrainerFailure('crash', inWords(' because memory ran out'));
  if (signal === 'SIGKILL' || code === 128 + 9)
    return new TrainerFailure('crash', inWords(', most often by the operating system when memory runs out'));
  return new TrainerFailure('crash', inWords(code === 0 ? ' and without a result.json' : ''));
}

/** Reads the trainer's reason for its failure from the file `failure`; empty if there is none. */
async function writtenReason(runFolder: string): Promise<string> {
  try {
    const content = await readUntrusted(join(runFolder, 'failure'), shownFailure);
    return printableText(content?.bytes.toString().trim() ?? '');
  } catch (error) {
    if (error instanceof NotAFile) return '';
    throw error;
  }
}

/** Whether the disk of a folder is full; false if the trainer has deleted the folder. */
async function isFull(folder: string): Promise<boolean> {
  const found = await statfs(folder).catch(() => undefined);
  return found !== undefined && found.bavail * found.bsize < fewBytes;
}

/** Interprets the failure to start a command. */
export function failureOfStart(error: NodeJS.ErrnoException, command: readonly string[]): TrainerFailure {
  const inWords = `the command ${JSON.stringify(command[0])} of the trainer cannot be run on this machine: ${error.message}`;
  if (['ENOENT', 'EACCES', 'ENOEXEC', 'ENOTDIR', 'ELIBBAD', 'EPERM'].includes(error.code ?? ''))
    return new TrainerFailure('unsuitable-worker', inWords, { cause: error });
  const isShort = ['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE'].includes(error.code ?? '');
  return new TrainerFailure(isShort ? 'infrastructure' : 'crash', inWords, { cause: error });
}

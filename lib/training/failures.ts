import { OperationalError, type ErrorCategory } from '../core/errors.ts';

export const failureKinds = [
  'out-of-memory',
  'signal',
  'missing-library',
  'no-gpu',
  'disk-full',
  'no-access',
  'damaged-data',
  'internal',
] as const;

export type FailureKind = (typeof failureKinds)[number];

/** A machine that has lost its GPU or library should not fail runs that other machines can train. */
const categories: Record<FailureKind, ErrorCategory> = {
  'out-of-memory': 'crash',
  signal: 'crash',
  'missing-library': 'unsuitable-worker',
  'no-gpu': 'unsuitable-worker',
  'disk-full': 'infrastructure',
  'no-access': 'infrastructure',
  'damaged-data': 'input',
  internal: 'internal',
};

/** A training or evaluation ended without a result. A diverged loss is a result. */
export class TrainingFailure extends OperationalError {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(categories[kind], message);
    this.kind = kind;
  }
}

/** Classifies an error in a training process. */
export function classifyFailure(error: unknown): TrainingFailure {
  if (error instanceof TrainingFailure) return error;
  if (!(error instanceof Error)) return new TrainingFailure('internal', String(error));
  const { code, name, message } = error as NodeJS.ErrnoException;
  // TensorFlow reports a full disk and exhausted memory as the same error, RESOURCE_EXHAUSTED.
  if (code === 'ENOSPC' || code === 'EDQUOT' || /no space left|quota exceeded/i.test(message))
    return new TrainingFailure('disk-full', `no space is left on the disk: ${message}`);
  if (code !== undefined && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'].includes(code))
    return new TrainingFailure('no-access', `a file or folder cannot be used: ${message}`);
  if (error instanceof OperationalError && error.category === 'input')
    return new TrainingFailure('damaged-data', message);
  if (
    (name === 'RangeError' && /allocation failed/i.test(message)) ||
    /resource[ _]?exhausted|\bOOM\b|bad_alloc|failed to allocate|object: cannot allocate memory/i.test(message)
  )
    return new TrainingFailure('out-of-memory', `memory ran out: ${message}`);
  if (code === 'ERR_DLOPEN_FAILED' || /tfjs_binding|libtensorflow/.test(message))
    return new TrainingFailure(
      'missing-library',
      `TensorFlow cannot be loaded (the command setup installs it): ${message}`,
    );
  return new TrainingFailure('internal', error.stack ?? message);
}

/** Characters of a process's output that its failure message shows. */
const shownOutput = 4000;

/** Classifies the end of a child process without a result. */
export function failureOfExit(code: number | null, signal: NodeJS.Signals | null, lastOutput: string): TrainingFailure {
  const shown = lastOutput.trim().slice(-shownOutput);
  const output = shown === '' ? '' : `; its last output:\n${shown}`;
  if (/bad_alloc|out of memory/i.test(lastOutput))
    return new TrainingFailure('out-of-memory', `the training process ran out of memory${output}`);
  if (signal === 'SIGKILL')
    return new TrainingFailure(
      'out-of-memory',
      `the training process was killed (SIGKILL), most often by the operating system when memory runs out${output}`,
    );
  if (signal !== null) return new TrainingFailure('signal', `the training process was ended by ${signal}${output}`);
  return new TrainingFailure('internal', `the training process ended with code ${code} and without a result${output}`);
}

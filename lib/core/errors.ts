import { printableLine } from './printable.ts';

/** What has to change before another attempt can succeed. */
export type ErrorCategory =
  /** The command, the config or a file that the user named. */
  | 'usage'
  /** Data, or a document that an earlier stage left: damaged or missing. */
  | 'input'
  /** The environment, which may recover by itself: a full disk, an unreachable store or server, a lack of memory, a lost process. */
  | 'infrastructure'
  /** The worker: it cannot do the work, but another one can. */
  | 'unsuitable-worker'
  /** Perhaps the work itself: a process was lost or ran out of memory. Attempts are counted. */
  | 'crash'
  /** Probably this program. Attempts are counted. */
  | 'internal'
  /** Nothing: the work was interrupted. */
  | 'interruption';

/** Exit codes of the command line; the one for an interruption is what shells use for Ctrl-C. */
export const exitCodes = { success: 0, failure: 1, usage: 2, interrupted: 130 } as const;

const traits: Record<ErrorCategory, { exitCode: number; isRetryable: boolean }> = {
  usage: { exitCode: exitCodes.usage, isRetryable: false },
  input: { exitCode: exitCodes.failure, isRetryable: false },
  infrastructure: { exitCode: exitCodes.failure, isRetryable: true },
  'unsuitable-worker': { exitCode: exitCodes.failure, isRetryable: true },
  crash: { exitCode: exitCodes.failure, isRetryable: true },
  internal: { exitCode: exitCodes.failure, isRetryable: true },
  interruption: { exitCode: exitCodes.interrupted, isRetryable: true },
};

/**
 * An expected error: its message says what is wrong and what would be right, so no stack trace is needed. Any other error is a bug in this
 * program.
 */
export abstract class OperationalError extends Error {
  readonly category: ErrorCategory;

  constructor(category: ErrorCategory, message: string, options?: ErrorOptions) {
    super(message, options);
    this.category = category;
    this.name = new.target.name;
  }

  /** Exit code of a command that ends with this error. */
  get exitCode(): number {
    return traits[this.category].exitCode;
  }

  /** Whether another attempt can succeed, later or on another machine. */
  get isRetryable(): boolean {
    return traits[this.category].isRetryable;
  }
}

const mostProblems = 20;
const longestProblem = 500;

/**
 * Formats a heading and one line for each problem: at most twenty lines, each cut to 500 characters, with characters that could forge
 * another line escaped, so that any input gives a readable message.
 */
function problemList(heading: string, problems: readonly string[]): string {
  const lines = problems
    .slice(0, mostProblems)
    .map((problem) => (problem.length <= longestProblem ? problem : `${problem.slice(0, longestProblem)}...`))
    .map(printableLine);
  if (problems.length > mostProblems) lines.push(`and ${problems.length - mostProblems} more`);
  return `${heading}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

/** An error whose message lists problems, each as `<field> <what would be right>, got <value>`. */
abstract class ProblemsError extends OperationalError {
  readonly heading: string;
  readonly problems: readonly string[];

  constructor(category: ErrorCategory, heading: string, problems: readonly string[]) {
    super(category, problemList(heading, problems));
    this.heading = heading;
    this.problems = problems;
  }
}

/** The user's command, config or file is invalid. */
export class ConfigError extends ProblemsError {
  constructor(heading: string, problems: readonly string[]) {
    super('usage', heading, problems);
  }
}

/** A document from an earlier stage or another program is missing, damaged or of a different version. */
export class ArtifactError extends ProblemsError {
  constructor(heading: string, problems: readonly string[]) {
    super('input', heading, problems);
  }
}

/** A failure of the environment, such as a full disk or an unreachable store. */
export class EnvironmentError extends OperationalError {
  constructor(message: string, options?: ErrorOptions) {
    super('infrastructure', message, options);
  }
}

/** A study ended without a result. */
export class StudyError extends OperationalError {
  constructor(message: string, options?: ErrorOptions) {
    super('input', message, options);
  }
}

/** A worker cannot do the work it was given, but another one can. */
export class UnsuitableWorkerError extends OperationalError {
  constructor(message: string, options?: ErrorOptions) {
    super('unsuitable-worker', message, options);
  }
}

/** A command was interrupted. */
export class Interrupted extends OperationalError {
  constructor(message: string) {
    super('interruption', message);
  }
}

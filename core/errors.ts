/** What has to change before another try can succeed. */
export type ErrorCategory =
  /** The command, the config or a file that the user named. */
  | 'usage'
  /** Data, or a document that an earlier stage left: damaged or missing. */
  | 'input'
  /** What is around the work, and may pass by itself: a full disk, a store or server out of reach, memory, a lost process. */
  | 'infrastructure'
  /** The worker: another one can do it, this one cannot. */
  | 'unsuitable-worker'
  /** Perhaps the work itself: a process was lost, or ran out of memory. Tries are counted. */
  | 'crash'
  /** This program, by all appearances. Tries are counted. */
  | 'internal'
  /** Nothing: it was told to stop. */
  | 'interruption';

/** Exit codes of the command line; that of an interruption is what shells give for Ctrl-C. */
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
 * An error that was foreseen: its message says what is wrong and what would be right, so that nobody needs its stack.
 * Whatever else is thrown is a fault of this program.
 */
export abstract class OperationalError extends Error {
  readonly category: ErrorCategory;

  constructor(category: ErrorCategory, message: string, options?: ErrorOptions) {
    super(message, options);
    this.category = category;
    this.name = new.target.name;
  }

  /** Exit code of a command that ends with it. */
  get exitCode(): number {
    return traits[this.category].exitCode;
  }

  /** Whether another try can succeed, later or on another machine. */
  get isRetryable(): boolean {
    return traits[this.category].isRetryable;
  }
}

const mostProblems = 20;
const longestProblem = 500;

/** A heading and a line for each problem: the first twenty, each at most 500 characters long, whatever was given. */
function problemList(heading: string, problems: readonly string[]): string {
  const lines = problems
    .slice(0, mostProblems)
    .map((problem) => (problem.length <= longestProblem ? problem : `${problem.slice(0, longestProblem)}...`));
  if (problems.length > mostProblems) lines.push(`and ${problems.length - mostProblems} more`);
  return `${heading}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

/** An error whose message lists problems, each as `<field> <what would be right>, got <value>`. */
abstract class ProblemsError extends OperationalError {
  readonly problems: readonly string[];

  constructor(category: ErrorCategory, heading: string, problems: readonly string[]) {
    super(category, problemList(heading, problems));
    this.problems = problems;
  }
}

/** A command, a config or a file of the user that is invalid. */
export class ConfigError extends ProblemsError {
  constructor(heading: string, problems: readonly string[]) {
    super('usage', heading, problems);
  }
}

/** A document that an earlier stage or another program left, and that is missing, damaged or of another version. */
export class ArtifactError extends ProblemsError {
  constructor(heading: string, problems: readonly string[]) {
    super('input', heading, problems);
  }
}

/** Something around the work that is not as it must be. */
export class EnvironmentError extends OperationalError {
  constructor(message: string, options?: ErrorOptions) {
    super('infrastructure', message, options);
  }
}

/** A study that came to no result. */
export class StudyError extends OperationalError {
  constructor(message: string, options?: ErrorOptions) {
    super('input', message, options);
  }
}

/** A worker that cannot do what it was given, where another one can. */
export class UnsuitableWorkerError extends OperationalError {
  constructor(message: string, options?: ErrorOptions) {
    super('unsuitable-worker', message, options);
  }
}

/** A command was told to stop. */
export class Interrupted extends OperationalError {
  constructor(message: string) {
    super('interruption', message);
  }
}

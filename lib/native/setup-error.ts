import { OperationalError } from '../core/errors.ts';

/** Why the native parts cannot be made ready on this machine, and how to fix it. */
export class SetupError extends OperationalError {
  readonly cure: string;

  /** @param cure what to do about it: a command, if there is one */
  constructor(problem: string, cure: string, options?: ErrorOptions) {
    super('infrastructure', `${problem}\n  ${cure}`, options);
    this.cure = cure;
  }
}

import { OperationalError } from '../core/errors.ts';

/** The native parts cannot be set up on this machine; the message says why, and how to fix it. */
export class SetupError extends OperationalError {
  readonly cure: string;

  /** @param cure what to do about it: a command, if there is one */
  constructor(problem: string, cure: string, options?: ErrorOptions) {
    super('infrastructure', `${problem}\n  ${cure}`, options);
    this.cure = cure;
  }
}

import { OperationalError, type ErrorCategory } from '../../core/errors.ts';

/** A command trainer's run ended without a result. A diverged loss is a result. */
export class TrainerFailure extends OperationalError {
  constructor(category: ErrorCategory, message: string, options?: ErrorOptions) {
    super(category, message, options);
  }
}

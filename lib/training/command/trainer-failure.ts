import { OperationalError, type ErrorCategory } from '../../core/errors.ts';

/** A run of a command trainer that came to no result. A loss that diverged is a result. */
export class TrainerFailure extends OperationalError {
  constructor(category: ErrorCategory, message: string, options?: ErrorOptions) {
    super(category, message, options);
  }
}

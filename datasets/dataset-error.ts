import { OperationalError } from '../core/errors.ts';

/** Data that is missing, damaged or not what its format says: names the file and what would be right. */
export class DatasetError extends OperationalError {
  constructor(message: string) {
    super('input', message);
  }
}

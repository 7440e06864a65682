import { OperationalError } from '../core/errors.ts';

/** Data is missing, damaged or does not match its format; the message names the file and what is expected. */
export class DatasetError extends OperationalError {
  constructor(message: string) {
    super('input', message);
  }
}

/** No data at all was found where it was expected. */
export class MissingDatasetError extends DatasetError {
  /** What was looked at and has no data, in words. */
  readonly where: string;

  /** @param how what to do about it, in words */
  constructor(title: string, where: string, how?: string) {
    super([`${title} is missing: ${where}`, ...(how === undefined ? [] : [how])].join('. '));
    this.where = where;
  }
}

import { OperationalError } from '../core/errors.ts';

/** Data is missing, damaged or does not match its format; the message names the file and what is expected. */
export class DatasetError extends OperationalError {
  constructor(message: string) {
    super('input', message);
  }
}

/** No data at all was found where it was expected. */
export class MissingDatasetError extends DatasetError {
  /** The place that was searched and has no data, in words. */
  readonly where: string;

  /** @param how how to obtain the data, in words */
  constructor(title: string, where: string, how?: string) {
    super([`${title} is missing: ${where}`, ...(how === undefined ? [] : [how])].join('. '));
    this.where = where;
  }
}

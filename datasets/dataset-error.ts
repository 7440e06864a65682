import { OperationalError } from '../core/errors.ts';

/** Data that is missing, damaged or not what its format says: names the file and what would be right. */
export class DatasetError extends OperationalError {
  constructor(message: string) {
    super('input', message);
  }
}

/** There is no data at all where it is looked for. */
export class MissingDatasetError extends DatasetError {
  /** Where nothing is, in words. */
  readonly where: string;

  /** @param how what to do about it, in words */
  constructor(title: string, where: string, how?: string) {
    super([`${title} is missing: ${where}`, ...(how === undefined ? [] : [how])].join('. '));
    this.where = where;
  }
}

import { OperationalError } from '../core/errors.ts';

/** Data that is missing, damaged or not what its format says: names the file and what would be right. */
export class DatasetError extends OperationalError {
  constructor(message: string) {
    super('input', message);
  }
}

/** There is no data at all where it is looked for: says where that is and how to get it. */
export class MissingDatasetError extends DatasetError {}

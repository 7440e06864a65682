/** Data that is missing, damaged or not what its format says: names the file and what would be right. No retry mends it. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
}

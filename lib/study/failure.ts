/** Categories of failed runs in records, tables and reports: those of lib/core/errors.ts that end a run. */
export const failureCategories = ['input', 'infrastructure', 'crash', 'internal'] as const;
export type FailureCategory = (typeof failureCategories)[number];

/** The final failure of a run, which no further attempt can change. */
export interface RunFailure {
  category: FailureCategory;
  message: string;
}

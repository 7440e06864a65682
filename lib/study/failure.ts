/** Why a run failed, as given in records, tables and reports: the categories of lib/core/errors.ts that end a run. */
export const failureCategories = ['input', 'infrastructure', 'crash', 'internal'] as const;
export type FailureCategory = (typeof failureCategories)[number];

/** The failure of a run that no further attempt can change. */
export interface RunFailure {
  category: FailureCategory;
  message: string;
}

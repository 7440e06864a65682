/** What makes a run fail, as records, tables and reports tell it: the categories of core/errors.ts that end a run. */
export const failureCategories = ['input', 'infrastructure', 'crash', 'internal'] as const;
export type FailureCategory = (typeof failureCategories)[number];

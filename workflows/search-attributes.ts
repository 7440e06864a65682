import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** What studies and their populations are found by in the Temporal UI, where the server has these search attributes. */
export const searchAttributes = {
  /** Id of the study. */
  study: defineSearchAttributeKey('StudyId', SearchAttributeType.KEYWORD),
  /** Label of a population's dataset. */
  dataset: defineSearchAttributeKey('StudyDataset', SearchAttributeType.KEYWORD),
  /** What it is doing: a stage, `paused`, `held`. */
  state: defineSearchAttributeKey('StudyState', SearchAttributeType.KEYWORD),
  /** Runs that failed or diverged. */
  failedRuns: defineSearchAttributeKey('StudyFailedRuns', SearchAttributeType.INT),
};

/** Their names and types as the server registers them. */
export const searchAttributeTypes: readonly [name: string, type: 'Keyword' | 'Int'][] = [
  ['StudyId', 'Keyword'],
  ['StudyDataset', 'Keyword'],
  ['StudyState', 'Keyword'],
  ['StudyFailedRuns', 'Int'],
];

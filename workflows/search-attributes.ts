import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Attributes for finding studies and their populations in the Temporal UI, if the server has them. */
export const searchAttributes = {
  /** Id of the study. */
  study: defineSearchAttributeKey('StudyId', SearchAttributeType.KEYWORD),
  /** Label of a population's dataset. */
  dataset: defineSearchAttributeKey('StudyDataset', SearchAttributeType.KEYWORD),
  /** Current state: a stage, `paused` or `held`. */
  state: defineSearchAttributeKey('StudyState', SearchAttributeType.KEYWORD),
  /** Number of runs that failed or diverged. */
  failedRuns: defineSearchAttributeKey('StudyFailedRuns', SearchAttributeType.INT),
};

/** Names and types of these attributes, as registered with the server. */
export const searchAttributeTypes: readonly [name: string, type: 'Keyword' | 'Int'][] = [
  ['StudyId', 'Keyword'],
  ['StudyDataset', 'Keyword'],
  ['StudyState', 'Keyword'],
  ['StudyFailedRuns', 'Int'],
];

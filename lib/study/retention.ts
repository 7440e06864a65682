/**
 * What is kept of a finished run besides its record: weights, SavedModel and event files; only the weights; everything, but only for the
 * best and worst architectures of each dataset; nothing.
 */
export const retentions = ['everything', 'weights', 'extremes', 'records'] as const;
export type Retention = (typeof retentions)[number];

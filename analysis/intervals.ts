/** A 95 % interval; low <= high. */
export type Interval = readonly [low: number, high: number];

/**
 * How an interval is made from the resamples: `percentile` (Efron 1979), or `bca`, bias-corrected and accelerated (Efron 1987).
 * Both at levels widened for small samples (Hesterberg 2015, "expanded").
 */
export type IntervalMethod = 'percentile' | 'bca';

import { probit } from '../../core/probit.ts';
import { valueOf, type Estimate } from '../resampling/estimate.ts';
import { withInterval, type Interval, type IntervalSettings } from './intervals.ts';
import { deviation, fromFishersScale, leastErrorOfRanks, ofSamples, onFishersScale } from './simultaneous.ts';
import { fewestUnits } from './verdict.ts';

/**
 * Returns a rank correlation's value and its 95 % interval, null if undefined. On Fisher's scale the interval reaches 1.96 standard errors
 * of the resamples to either side, or of the least error if all resamples are equal. Quantiles of the resamples would reach too far for
 * high correlations of few networks, because resamples have ties; they are used nevertheless if the setting is `bca`.
 */
export function withRankInterval(
  estimate: Estimate,
  settings: IntervalSettings,
): { value: number | null; ci95: Interval | null } {
  if (settings.intervals === 'bca') return withInterval(estimate, settings);
  const { n, values } = estimate;
  const value = valueOf(estimate);
  if (value === null || n < fewestUnits) return { value, ci95: null };
  const draws = values.subarray(1, 1 + settings.replicates.resamples).map((draw) => onFishersScale(draw, n));
  const center = onFishersScale(value, n);
  // Full agreement is the same in all resamples, but not in all samples.
  const error = ofSamples(deviation(draws), n) || leastErrorOfRanks(value, n);
  const reach = -probit(0.025) * error;
  return { value, ci95: fromFishersScale(value, center - reach, center + reach) };
}

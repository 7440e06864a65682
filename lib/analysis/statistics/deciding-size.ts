import { probit } from '../../core/probit.ts';
import { weakCorrelation } from '../inference/verdict.ts';

/** A true rank correlation that a study should find to hold. */
const strong = 0.6;

const power = 0.8;

/**
 * Returns the number of architectures with which four of five studies would find a true rho of 0 to be gone, and four of five a true rho of
 * 0.6 to hold, by intervals that are simultaneous over `targets` (Bonferroni) at a level, with the standard error of Bonett and Wright
 * (2000) on Fisher's scale.
 */
export function architecturesToDecide(targets: number, level: number): number {
  const critical = -probit(level / 2 / targets);
  const limit = Math.atanh(weakCorrelation);
  // Equivalence can be missed on either side.
  const forGone = ((critical - probit((1 - power) / 2)) / limit) ** 2;
  const forHolds = (1 + strong ** 2 / 2) * ((critical - probit(1 - power)) / (Math.atanh(strong) - limit)) ** 2;
  return Math.ceil(Math.max(forGone, forHolds) + 3);
}

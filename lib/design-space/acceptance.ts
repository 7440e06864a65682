import type { DesignSpace } from './space-config.ts';
import { complexityMeasures, type Complexity, type ComplexityMeasure } from './complexity.ts';
import { brokenRules, type BrokenRule } from './draw.ts';

/** Reasons for rejecting a draw, in the order in which they are checked. */
const rejectionReasons = {
  ...brokenRules,
  flops: 'flops are outside the window',
  params: 'params are outside the window',
  acts: 'acts are outside the window',
  duplicate: 'the architecture was drawn before',
} as const;
export type RejectionReason = BrokenRule | ComplexityMeasure | 'duplicate';

/** The rejected complexities nearest to a window: the largest below and the smallest above it; null for none. */
export interface Nearest {
  below: number | null;
  above: number | null;
}

/** Counts of a population's accepted and rejected draws, with the reasons. */
export interface Acceptance {
  draws: number;
  accepted: number;
  /** Number of draws by the first reason for rejection. */
  rejected: Record<RejectionReason, number>;
  /** For each complexity with a window. */
  nearest: Partial<Record<ComplexityMeasure, Nearest>>;
}

export function noDraws(space: DesignSpace): Acceptance {
  return {
    draws: 0,
    accepted: 0,
    rejected: { bottleneck: 0, group: 0, stages: 0, flops: 0, params: 0, acts: 0, duplicate: 0 },
    nearest: Object.fromEntries(
      complexityMeasures
        .filter((measure) => Object.keys(space.complexity[measure] ?? {}).length > 0)
        .map((measure) => [measure, { below: null, above: null }]),
    ),
  };
}

/** Returns the first complexity outside its window, if any; also updates the acceptance's nearest complexities. */
export function outsideWindow(
  space: DesignSpace,
  complexity: Complexity,
  { nearest }: Acceptance,
): ComplexityMeasure | undefined {
  return complexityMeasures.find((measure) => {
    const seen = nearest[measure];
    if (seen === undefined) return false;
    const value = complexity[measure];
    const { low = 0, high = Infinity } = space.complexity[measure] ?? {};
    if (value < low) seen.below = Math.max(seen.below ?? value, value);
    else if (value > high) seen.above = Math.min(seen.above ?? value, value);
    else return false;
    return true;
  });
}

/** Describes the acceptance: one line for each reason that applied, and one for each window. */
export function describeAcceptance(space: DesignSpace, { draws, accepted, rejected, nearest }: Acceptance): string[] {
  const reasons = (Object.keys(rejectionReasons) as RejectionReason[])
    .filter((reason) => rejected[reason] > 0)
    .map((reason) => `${number(rejected[reason])} rejected: ${rejectionReasons[reason]}`);
  const windows = (Object.entries(nearest) as [ComplexityMeasure, Nearest][]).map(([measure, { below, above }]) => {
    const { low, high } = space.complexity[measure] ?? {};
    const seen = [
      ...(low === undefined ? [] : [`below ${below === null ? 'none' : number(below)}`]),
      ...(high === undefined ? [] : [`above ${above === null ? 'none' : number(above)}`]),
    ];
    return `${measure} window ${number(low ?? 0)} to ${high === undefined ? 'any' : number(high)}, nearest seen ${seen.join(', ')}`;
  });
  return [`${number(draws)} drawn, ${number(accepted)} accepted`, ...reasons, ...windows];
}

const number = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 2 });

import { imageResamples, varianceByImages } from '../inference/test-images.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { valueOf, type Estimate } from '../resampling/estimate.ts';
import { errorsOnDrawnImages } from '../resampling/test-images.ts';
import type { AnalysisTable } from '../table/analysis-table.ts';
import type { OutcomeTable } from '../table/image-outcomes.ts';

/** Returns the variance that test images add to that of a target's rho; null if it is unknown which images were classified wrongly. */
export function imageVarianceOf(
  kernel: Kernel,
  table: AnalysisTable,
  target: number,
  rho: Estimate,
  rows: Int32Array,
): number | null {
  const [reference, own] = [table.outcomes[0]!, table.outcomes[target]!];
  if (reference === null || own === null || valueOf(rho) === null) return null;
  const drawn = [drawnOnReference(kernel, table, reference), drawnErrors(kernel, table, own)] as const;
  return varianceByImages(kernel, table, rho, rows, drawn);
}

const drawnErrors = (kernel: Kernel, { seed, architectures }: AnalysisTable, outcomes: OutcomeTable) =>
  errorsOnDrawnImages(kernel, outcomes, { seed, resamples: imageResamples, architectures: architectures.length });

const ofReference = new WeakMap<OutcomeTable, ReturnType<typeof drawnErrors>>();

/** Memoised, as every target of a thread needs the same. */
function drawnOnReference(kernel: Kernel, table: AnalysisTable, outcomes: OutcomeTable) {
  const known = ofReference.get(outcomes) ?? drawnErrors(kernel, table, outcomes);
  ofReference.set(outcomes, known);
  return known;
}

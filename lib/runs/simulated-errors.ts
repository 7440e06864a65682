import { contentHash } from '../core/canonical-json.ts';
import { stream } from '../core/streams.ts';
import { architectureIdentity } from '../design-space/architecture.ts';
import { structureParametersOf } from '../design-space/structure-parameters.ts';
import { isListed, type StudyArchitecture } from '../design-space/study-network.ts';

/** Everything that a simulated error depends on. */
export interface SimulatedSubject {
  architecture: StudyArchitecture;
  /** Name of the whole dataset, which its subsets share, e.g. `imagenet`. */
  dataset: string;
  /** Digest of the selection. */
  digest: string;
  classes: number;
  /** Seed of the training. */
  trainingSeed: number;
  /** Seed of the simulation. */
  seed: number;
}

const features = ['totalDepth', 'cumulativeWidth', 'finalWidth', 'meanBottleneckRatio', 'meanGroupWidth'] as const;

/** Approximate centres and spreads of ln(1 + feature) over AnyNetX, which make the features comparable. */
const scales: Record<(typeof features)[number], [center: number, spread: number]> = {
  totalDepth: [2.9, 0.5],
  cumulativeWidth: [7.5, 0.8],
  finalWidth: [5.5, 1],
  meanBottleneckRatio: [1.1, 0.3],
  meanGroupWidth: [2, 0.8],
};

/**
 * Returns the final test error of a simulated training, in (0, 1). The quality of an architecture is partly the same for all datasets and
 * partly depends on the dataset, its selection and chance, so that correlations between datasets span the values that a study may find.
 * Equal subjects have equal errors.
 */
export function simulatedError(subject: SimulatedSubject): number {
  const { architecture, dataset, digest, classes, trainingSeed, seed } = subject;
  const values = featuresOf(architecture);
  const common = stream(seed, 'common');
  const own = stream(seed, 'dataset', dataset);
  const selection = stream(seed, 'selection', digest);
  const affinity = 0.3 + 0.7 * own.uniform();
  const quality = values.reduce((sum, value) => {
    const weight = affinity * common.normal() + (1 - affinity) * own.normal() + 0.3 * selection.normal();
    return sum + weight * value;
  }, 0);
  const chance = stream(seed, 'chance', identityOf(architecture), digest, trainingSeed).normal();
  const difficulty = -1.5 + 0.35 * Math.log(classes) + own.normal() / 2;
  return 1 / (1 + Math.exp(-(difficulty - 0.15 * quality + 0.08 * chance)));
}

const identityOf = (architecture: StudyArchitecture): string =>
  isListed(architecture) ? contentHash(architecture) : architectureIdentity(architecture);

/** Returns comparable features of an architecture; for a listed network, of which nothing is known, they are drawn by its name and spec. */
function featuresOf(architecture: StudyArchitecture): number[] {
  if (isListed(architecture)) {
    const own = stream(0, 'listed', identityOf(architecture));
    return features.map(() => own.normal());
  }
  const parameters = structureParametersOf(architecture);
  return features.map((feature) => {
    const [center, spread] = scales[feature];
    return (Math.log1p(parameters[feature] ?? 0) - center) / spread;
  });
}

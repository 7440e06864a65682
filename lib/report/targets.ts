import type { ComparedDataset, PairCorrelation, TargetAnalysis, Verdict } from '../analysis/index.ts';
import type { Theme } from './charts/theme.ts';
import { shortTitleOf, titleOf, type PageData } from './page-data.ts';

export type { Verdict } from '../analysis/index.ts';

/** In the order in which they are reported. */
export const verdictKinds: readonly Verdict[] = ['holds', 'weak', 'gone', 'reversed', 'undecided'];

/** The colour of each verdict in the theme. */
export const verdictColours: Record<Verdict, keyof Theme> = {
  holds: 'positive',
  weak: 'ink',
  gone: 'muted',
  reversed: 'negative',
  undecided: 'muted',
};

/** A dataset other than the reference, and the agreement of its ranking with the reference's. */
export interface JudgedTarget {
  dataset: string;
  title: string;
  short: string;
  role: ComparedDataset['role'];
  /** Simultaneous 95 % interval of the rank correlation, on which the verdict rests. */
  interval: TargetAnalysis['verdictCi95'];
  verdict: Verdict;
  /** The whole analysis of the target. */
  analysis: TargetAnalysis;
  pair: PairCorrelation;
  /** Noise ceiling of Pearson's r set by seeds; null if trainings were not repeated. */
  ceiling: number | null;
  corrected: number | null;
}

const roles = ['target', 'subset', 'control'] as const;

/** Returns the correlations of the reference with every other dataset; parts of the reference come last. */
export const referencePairs = (data: PageData): PairCorrelation[] =>
  roles.flatMap((role) =>
    data.correlations.filter(
      ({ a, b }) => a === data.reference && data.datasets.some(({ dataset, role: of }) => dataset === b && of === role),
    ),
  );

export function judgedDatasets(data: PageData): JudgedTarget[] {
  return referencePairs(data).flatMap((pair): JudgedTarget[] => {
    const analysis = data.targets.find(({ target }) => target === pair.b);
    if (analysis === undefined) return [];
    const correction = data.attenuation.find(({ a, b }) => a === data.reference && b === pair.b);
    return [
      {
        dataset: pair.b,
        title: titleOf(data, pair.b),
        short: shortTitleOf(data, pair.b),
        role: data.datasets.find(({ dataset }) => dataset === pair.b)!.role,
        verdict: analysis.verdict,
        interval: analysis.verdictCi95,
        analysis,
        pair,
        ceiling: correction?.noiseCeiling ?? null,
        corrected: correction?.pearsonCorrected ?? null,
      },
    ];
  });
}

/** Returns the targets that are not part of the reference. */
export const judgedTargets = (data: PageData): JudgedTarget[] =>
  judgedDatasets(data).filter(({ role }) => role === 'target');

/** Returns whether a dataset is a part of the reference, with fewer classes or fewer images. */
export const isPart = ({ role }: Pick<ComparedDataset, 'role'>): boolean => role === 'subset' || role === 'control';

/** Returns the names of the datasets that are parts of the reference. */
export const partsOf = ({ datasets }: Pick<PageData, 'datasets'>): Set<string> =>
  new Set(datasets.filter(isPart).map(({ dataset }) => dataset));

/** Returns the colour of a dataset: that of text for the reference and other whole datasets, for parts that of what they have fewer of. */
export function datasetColour({ datasets }: Pick<PageData, 'datasets'>, dataset: string): keyof Theme {
  const role = datasets.find((facts) => facts.dataset === dataset)?.role;
  return role === 'subset' ? 'classes' : role === 'control' ? 'images' : 'ink';
}

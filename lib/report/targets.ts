import type { ComparedDataset, PairCorrelation, TargetAnalysis, Verdict } from '../analysis/index.ts';
import type { Theme } from './charts/theme.ts';
import { shortTitleOf, titleOf, type PageData } from './page-data.ts';

export type { Verdict } from '../analysis/index.ts';

/** In the order in which they are told. */
export const verdictKinds: readonly Verdict[] = ['holds', 'weak', 'gone', 'reversed', 'undecided'];

/** Which colour of the theme a verdict has. */
export const verdictColours: Record<Verdict, keyof Theme> = {
  holds: 'positive',
  weak: 'ink',
  gone: 'muted',
  reversed: 'negative',
  undecided: 'muted',
};

/** A dataset other than the reference, and how well the reference's ranking agrees with its own. */
export interface JudgedTarget {
  dataset: string;
  title: string;
  short: string;
  role: ComparedDataset['role'];
  /** Simultaneous 95 % interval of the rank correlation, by which the verdict is made. */
  interval: TargetAnalysis['verdictCi95'];
  verdict: Verdict;
  /** All that is known of it beside its verdict. */
  analysis: TargetAnalysis;
  pair: PairCorrelation;
  /** Of Pearson's r: what the noise of seeds lets through; null if trainings were not repeated. */
  ceiling: number | null;
  corrected: number | null;
}

const roles = ['target', 'subset', 'control'] as const;

/** Correlations of the reference with every other dataset: those that are no part of it first. */
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

/** Those of them that are no part of the reference. */
export const judgedTargets = (data: PageData): JudgedTarget[] =>
  judgedDatasets(data).filter(({ role }) => role === 'target');

/** Whether a dataset is a part of the reference: with fewer classes, or fewer images. */
export const isPart = ({ role }: Pick<ComparedDataset, 'role'>): boolean => role === 'subset' || role === 'control';

/** Names of the datasets that are parts of the reference. */
export const partsOf = ({ datasets }: Pick<PageData, 'datasets'>): Set<string> =>
  new Set(datasets.filter(isPart).map(({ dataset }) => dataset));

/** Which colour a dataset has: the reference and whole datasets that of text, parts that of what they have fewer of. */
export function datasetColour({ datasets }: Pick<PageData, 'datasets'>, dataset: string): keyof Theme {
  const role = datasets.find((facts) => facts.dataset === dataset)?.role;
  return role === 'subset' ? 'classes' : role === 'control' ? 'images' : 'ink';
}

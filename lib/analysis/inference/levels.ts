import type { ComparedDataset } from '../table/datasets.ts';

/**
 * The questions that a report answers by verdicts, each by a family of tests, with their weights in the level of the report: most goes to
 * what studies are made for; large families lose little by a smaller level.
 */
export const questions = {
  ranking: { asks: 'Does the ranking hold on a target?', weight: 30 },
  subsets: { asks: 'Do fewer classes change how well a target is ranked?', weight: 20 },
  choosing: { asks: 'Which source ranks best?', weight: 15 },
  controls: { asks: 'What do fewer images change, and what fewer classes beyond them?', weight: 10 },
  effects: { asks: 'Is a parameter related to the error?', weight: 10 },
  comparisons: { asks: 'Does another source rank better than the reference?', weight: 5 },
  effectDifferences: { asks: 'Does an effect differ between datasets?', weight: 5 },
  parts: { asks: 'Does the ranking hold on a part of the reference?', weight: 5 },
  repetition: { asks: 'Does a ranking repeat with another seed?', weight: 5 },
  epochs: { asks: 'From which epoch on is the final ranking visible?', weight: 5 },
};

export type Question = keyof typeof questions;

/** By question: the probability that any of its verdicts is false. Questions not asked are absent. */
export type Levels = Partial<Record<Question, number>>;

/** The probability that any verdict of a report is false. */
export const reportLevel = 0.05;

/** Contents of a table that determine which questions are asked. */
export interface Asked {
  facts: readonly Pick<ComparedDataset, 'role'>[];
  /** Measures of size to rank by. */
  sizes: number;
  /** Parameters of the architectures. */
  parameters: number;
  /** Whether any dataset has runs of several seeds, and whether one of those has curves. */
  hasSeeds: boolean;
  hasCurvesOfSeeds: boolean;
}

/** Divides the level of the report among the questions asked, by their weights (weighted Bonferroni: Rosenthal and Rubin 1983). */
export function levelsOf({ facts, sizes, parameters, hasSeeds, hasCurvesOfSeeds }: Asked): Levels {
  const has = (role: ComparedDataset['role']) => facts.some((of) => of.role === role);
  const hasSources = has('target') && facts.length - 2 + sizes > 0;
  const isAsked: Record<Question, boolean> = {
    ranking: has('target'),
    subsets: has('target') && has('subset'),
    choosing: hasSources,
    controls: has('target') && has('subset') && has('control'),
    comparisons: hasSources,
    effects: parameters > 0,
    effectDifferences: parameters > 0 && has('target'),
    parts: has('subset') || has('control'),
    repetition: hasSeeds,
    epochs: hasCurvesOfSeeds,
  };
  const asked = Object.entries(questions).filter(([question]) => isAsked[question as Question]);
  const all = asked.reduce((sum, [, { weight }]) => sum + weight, 0);
  return Object.fromEntries(asked.map(([question, { weight }]) => [question, (reportLevel * weight) / all]));
}

/**
 * Corrects a p-value of a question's family for the other questions: the result is at most `reportLevel` exactly if the p-value is at most
 * the question's level.
 */
export const overReport = (pValue: number, level: number): number => Math.min(1, (reportLevel * pValue) / level);

/** Returns the number of permutations needed for corrected p-values of 0.001. */
export const permutationsFor = (level: number): number => Math.ceil(reportLevel / level / 0.001);

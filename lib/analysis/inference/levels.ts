import type { ComparedDataset } from '../table/datasets.ts';

/**
 * The questions that a report answers by verdicts, each by a family of tests, with their weights in the level of the report: what a study
 * is made for has most of it; large families lose little by a smaller level.
 */
const weights = {
  /** Does the ranking hold on a target? */
  ranking: 30,
  /** Do fewer classes change how well a target is ranked? */
  subsets: 20,
  /** Which source ranks best? */
  choosing: 15,
  /** What do fewer images change, and what fewer classes beyond them? */
  controls: 10,
  /** Does another source rank better than the reference? */
  comparisons: 5,
  /** Is a parameter related to the error? */
  effects: 10,
  /** Does its effect differ between datasets? */
  effectDifferences: 5,
  /** Does the ranking hold on a part of the reference? */
  parts: 5,
};

export type Question = keyof typeof weights;

/** By question: the probability that any of its verdicts is false. Questions that are not asked have none. */
export type Levels = Partial<Record<Question, number>>;

/** The probability that any verdict of a report is false. */
export const reportLevel = 0.05;

/**
 * The shares of the questions that are asked in the level of the report, by their weights (Bonferroni with weights: Rosenthal and Rubin 1983).
 * @param sizes how many measures of size there are to rank by
 * @param parameters how many parameters architectures have
 */
export function levelsOf(facts: readonly Pick<ComparedDataset, 'role'>[], sizes: number, parameters: number): Levels {
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
  };
  const asked = Object.entries(weights).filter(([question]) => isAsked[question as Question]);
  const all = asked.reduce((sum, [, weight]) => sum + weight, 0);
  return Object.fromEntries(asked.map(([question, weight]) => [question, (reportLevel * weight) / all]));
}

/** A p-value of a question's family, corrected for the other questions: at most `reportLevel` exactly if it is at most the question's level. */
export const overReport = (pValue: number, level: number): number => Math.min(1, (reportLevel * pValue) / level);

/** As many permutations as give corrected p-values of 0.001. */
export const permutationsFor = (level: number): number => Math.ceil(reportLevel / level / 0.001);

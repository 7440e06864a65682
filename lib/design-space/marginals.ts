import { complexityParameters, structureParametersFor } from './structure-parameters.ts';
import type { NamedArchitecture } from './population.ts';

/** The distribution of one parameter over a population. */
export interface Marginal {
  key: string;
  title: string;
  unit: string;
  /** From 1; absent for parameters of the whole network. */
  ofStage?: number;
  minimum: number;
  median: number;
  maximum: number;
  bins: Bin[];
}

/** Number of architectures with a value in [low, high), or in [low, high] for the last bin of a marginal. */
export interface Bin {
  low: number;
  high: number;
  count: number;
}

/**
 * Computes the marginals of a population with at least one architecture: parameters of stages in octaves (1, 2-3, 4-7, ...) over the
 * architectures that have the stage; derived parameters and complexities in `equalBins` bins of equal width.
 */
export function marginalsOf(population: readonly NamedArchitecture[], equalBins = 12): Marginal[] {
  const stages = extent(population.map(({ architecture }) => architecture.depths.length)).maximum;
  const parameters = structureParametersFor(stages).map((parameter) => ({
    parameter,
    values: population
      .filter(({ architecture }) => architecture.depths.length >= (parameter.ofStage ?? 1))
      .map(({ architecture }) => parameter.of(architecture)),
  }));
  const structure = parameters.map(({ parameter: { key, title, unit, ofStage }, values }) => {
    if (ofStage === undefined)
      return { key, title, unit, ...extent(values), bins: binsOfEqualWidth(values, equalBins) };
    const inAllStages = parameters.filter(({ parameter }) => kindOf(parameter.key) === kindOf(key));
    const bins = octaves(
      values,
      inAllStages.flatMap((stage) => stage.values),
    );
    return { key, title, unit, ofStage, ...extent(values), bins };
  });
  const complexity = complexityParameters.flatMap(({ key, title, unit }) => {
    const values = population.flatMap(({ complexity }) => (complexity === undefined ? [] : [complexity[key]]));
    return values.length === 0
      ? []
      : [{ key, title, unit, ...extent(values), bins: binsOfEqualWidth(values, equalBins) }];
  });
  return [...structure, ...complexity];
}

/** Returns the marginals of the stages, one list for each kind of parameter (depths, widths, ...), in the order of the stages. */
export function stageMarginals(marginals: readonly Marginal[]): Marginal[][] {
  const kinds = new Map<string, Marginal[]>();
  for (const marginal of marginals) {
    if (marginal.ofStage === undefined) continue;
    const kind = kindOf(marginal.key);
    kinds.set(kind, [...(kinds.get(kind) ?? []), marginal]);
  }
  return [...kinds.values()];
}

/** Returns the letter of a stage's parameter: `d` of `d1`. */
const kindOf = (key: string) => key.replace(/\d+$/, '');

function extent(values: readonly number[]): { minimum: number; median: number; maximum: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index]!;
  const middle = (sorted.length - 1) / 2;
  return {
    minimum: at(0),
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    maximum: at(sorted.length - 1),
  };
}

/**
 * Counts whole values in octaves, from the first to the last octave of a range that contains them. If the range has only powers of 2, each
 * bin contains only its own power.
 */
function octaves(values: readonly number[], range: readonly number[]): Bin[] {
  const octave = (value: number) => Math.floor(Math.log2(value));
  const { minimum, maximum } = extent(range);
  const first = octave(minimum);
  const powersAlone = range.every((value) => value === 2 ** octave(value));
  const bins = Array.from({ length: octave(maximum) - first + 1 }, (_, i) => {
    const low = 2 ** (first + i);
    return { low, high: powersAlone ? low + 1 : Math.min(2 * low, maximum + 1), count: 0 };
  });
  return fill(values, bins, (value) => octave(value) - first);
}

function binsOfEqualWidth(values: readonly number[], bins: number): Bin[] {
  const { minimum: low, maximum } = extent(values);
  const width = (maximum - low) / bins;
  if (width === 0) return [{ low, high: low, count: values.length }];
  return fill(
    values,
    Array.from({ length: bins }, (_, i) => ({ low: low + i * width, high: low + (i + 1) * width, count: 0 })),
    (value) => Math.min(bins - 1, Math.floor((value - low) / width)),
  );
}

function fill(values: readonly number[], bins: Bin[], position: (value: number) => number): Bin[] {
  for (const value of values) bins[position(value)]!.count++;
  return bins;
}

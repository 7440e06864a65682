import type { PageData } from '../page-data.ts';
import { regretFigures } from './choosing.ts';
import { distributionFigures } from './distributions.ts';
import type { Figure } from './figure.ts';
import { noiseFigures } from './noise.ts';
import { pairsFigures } from './pairs.ts';
import { populationSizeFigures } from './population-size.ts';
import { adviceFigures } from './proxies.ts';
import { sizeFigures } from './size.ts';
import { effectFigures, parameterFigures, rangeFigures } from './structure.ts';
import { subsetFigures } from './subsets.ts';
import { forestFigures, scatterFigures } from './transfer.ts';
import { settlingFigures, trainingFigures } from './training.ts';

export type { Figure, FigureTable, View } from './figure.ts';

/** The figures of a report by the part of the page that shows them. */
export function figuresOf(data: PageData) {
  return {
    forest: forestFigures(data),
    scatters: scatterFigures(data),
    distributions: distributionFigures(data),
    noise: noiseFigures(data),
    subsets: subsetFigures(data),
    size: sizeFigures(data),
    effects: effectFigures(data),
    parameters: parameterFigures(data),
    ranges: rangeFigures(data),
    regret: regretFigures(data),
    advice: adviceFigures(data),
    training: trainingFigures(data),
    settling: settlingFigures(data),
    pairs: pairsFigures(data),
    populationSizes: populationSizeFigures(data),
  } satisfies Record<string, Figure[]>;
}

export type Figures = ReturnType<typeof figuresOf>;

/** What a page shows before its reader has chosen anything, and what files show. */
export const firstView = { scale: 'linear', parameter: undefined } as const;

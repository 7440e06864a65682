import { stageMarginals, type Marginal } from '../design-space/marginals.ts';
import { histogramChart } from './charts/histogram.ts';
import { pageTheme } from './charts/theme.ts';
import { threeDigits } from './words/numbers.ts';
import { html, trusted, type Markup } from './markup.ts';

/** Draws for each kind of stage parameter a row of histograms, one per stage; bins are octaves. */
export function stageCharts(marginals: readonly Marginal[]): Markup[][] {
  return stageMarginals(marginals).map((stages) =>
    stages.map(({ title, unit, bins }) =>
      drawn(
        `${title} (${unit})`,
        bins.map(({ low, high, count }) => ({ text: high - low <= 1 ? String(low) : `${low}-${high - 1}`, count })),
      ),
    ),
  );
}

/** Draws a histogram for each parameter of the whole network. */
export function networkCharts(marginals: readonly Marginal[]): Markup[] {
  return marginals
    .filter(({ ofStage }) => ofStage === undefined)
    .map(({ title, unit, bins }) =>
      drawn(
        `${title} (${unit})`,
        bins.map(({ low, count }) => ({ text: threeDigits(low), count })),
      ),
    );
}

function drawn(heading: string, bins: readonly { text: string; count: number }[]): Markup {
  const { svg } = histogramChart({ heading, bins, width: 230 }, pageTheme);
  return trusted(svg.text.replace('<svg', html`<svg role="img" aria-label="${heading}"`.text));
}

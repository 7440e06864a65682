import type { TopLevelSpec } from 'vega-lite';
import { stageMarginals, type Marginal } from '../design-space/marginals.ts';
import { renderSvg } from './render-svg.ts';

const config = { font: 'system-ui, sans-serif', view: { stroke: null }, axis: { grid: false, labelOverlap: true } };

/** One row of histograms for each kind of stage parameter, a column a stage; bins are octaves. */
export function stageCharts(marginals: readonly Marginal[]): Promise<string[]> {
  return Promise.all(stageMarginals(marginals).map((stages) => renderSvg(stageChart(stages))));
}

function stageChart(stages: readonly Marginal[]): TopLevelSpec {
  const values = stages.flatMap(({ ofStage, bins }) =>
    bins.map(({ low, high, count }) => ({
      stage: ofStage,
      low,
      range: high - low <= 1 ? String(low) : `${low}-${high - 1}`,
      architectures: count,
    })),
  );
  const title = `${stages[0]!.title.replace(/^Stage \d+ /, '')} (${stages[0]!.unit})`;
  return {
    data: { values },
    mark: { type: 'bar', color: '#4c78a8' },
    width: 170,
    height: 70,
    encoding: {
      column: { field: 'stage', type: 'ordinal', title, header: { labelExpr: "'stage ' + datum.value" } },
      x: { field: 'range', type: 'ordinal', sort: { field: 'low' }, title: null },
      y: { field: 'architectures', type: 'quantitative', title: null },
      tooltip: [{ field: 'range' }, { field: 'architectures' }],
    },
    config,
  };
}

/** A histogram for each parameter of the whole network. */
export function networkCharts(marginals: readonly Marginal[]): Promise<string[]> {
  return Promise.all(
    marginals.filter(({ ofStage }) => ofStage === undefined).map((marginal) => renderSvg(networkChart(marginal))),
  );
}

function networkChart({ title, unit, bins }: Marginal): TopLevelSpec {
  // a parameter with a single value has one bin of no width, which could not be seen
  const values = bins.map(({ low, high, count }) => ({ low, high: high > low ? high : low + 1, architectures: count }));
  return {
    data: { values },
    mark: { type: 'bar', color: '#4c78a8', binSpacing: 1 },
    width: 230,
    height: 90,
    title: { text: title, anchor: 'start', fontSize: 12 },
    encoding: {
      x: {
        field: 'low',
        bin: { binned: true },
        type: 'quantitative',
        title: unit,
        axis: { format: '~s', tickCount: 5 },
      },
      x2: { field: 'high' },
      y: { field: 'architectures', type: 'quantitative', title: null },
    },
    config,
  };
}

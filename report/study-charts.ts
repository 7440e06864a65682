import type { TopLevelSpec } from 'vega-lite';
import type { Analysis, PairCorrelation } from '../analysis/index.ts';

const blue = '#2f6db5';
const red = '#c4453c';
const grey = '#b9bfc6';
const config = {
  font: 'system-ui, sans-serif',
  view: { stroke: null },
  axis: {
    gridColor: '#eee',
    domainColor: '#888',
    tickColor: '#888',
    labelLimit: 280,
    titleFontWeight: 'normal' as const,
  },
  legend: { labelLimit: 280, titleFontWeight: 'normal' as const },
  title: { anchor: 'start' as const, fontSize: 13 },
};

/** Datasets by name keep their places whatever the field holds. */
const axis = (field: string, sort: readonly string[], title: string | null = null) => ({
  field,
  type: 'nominal' as const,
  sort: [...sort],
  title,
});

/** For each dataset the share of architectures with at most an error. */
export function ecdfChart({ matrix }: Analysis): TopLevelSpec {
  const values = matrix.datasets.flatMap((dataset) => {
    const errors = definedErrors(matrix.errors.get(dataset)).sort((a, b) => a - b);
    const steps = errors.map((error, index) => ({ dataset, error, share: (index + 1) / errors.length }));
    return errors
      .slice(0, 1)
      .map((error) => ({ dataset, error, share: 0 }))
      .concat(steps);
  });
  return {
    data: { values },
    mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.8 },
    width: 620,
    height: 260,
    encoding: {
      x: { field: 'error', type: 'quantitative', title: 'top-1 error', axis: { format: '%' }, scale: { zero: false } },
      y: { field: 'share', type: 'quantitative', title: 'share of architectures', axis: { format: '%' } },
      color: {
        field: 'dataset',
        type: 'nominal',
        sort: [...matrix.datasets],
        scale: { scheme: matrix.datasets.length > 10 ? 'tableau20' : 'tableau10' },
        title: null,
      },
    },
    config,
  };
}

/** Error on the reference against error on a target, with the best and worst on the reference marked. */
export function scatterChart(
  { matrix, reference, correlations }: Analysis,
  target: string,
  extremes: number,
): TopLevelSpec {
  const targetErrors = matrix.errors.get(target) ?? [];
  const points = (matrix.errors.get(reference) ?? [])
    .map((error, index) => ({
      architecture: matrix.architectures[index],
      reference: error,
      target: targetErrors[index] ?? null,
    }))
    .filter((point) => point.reference !== null && point.target !== null)
    .sort((a, b) => (a.reference as number) - (b.reference as number));
  const marked = Math.min(extremes, Math.floor(points.length / 2));
  const values = points.map((point, index) => ({
    ...point,
    group: index < marked ? 'best' : index >= points.length - marked ? 'worst' : 'between',
  }));
  values.sort((a, b) => Number(a.group !== 'between') - Number(b.group !== 'between')); // the marked ones lie on top
  const pair = correlations.find(({ a, b }) => a === reference && b === target);
  return {
    data: { values },
    title: { text: target, subtitle: pair === undefined ? '' : `r = ${signed(pair.pearson)}` },
    mark: { type: 'point', filled: true, size: 34, opacity: 0.9 },
    width: 250,
    height: 210,
    encoding: {
      x: {
        field: 'reference',
        type: 'quantitative',
        title: `error on ${reference}`,
        axis: { format: '%', tickCount: 5 },
        scale: { zero: false },
      },
      y: {
        field: 'target',
        type: 'quantitative',
        title: 'error',
        axis: { format: '%', tickCount: 5 },
        scale: { zero: false },
      },
      color: {
        field: 'group',
        type: 'nominal',
        scale: { domain: ['best', 'between', 'worst'], range: [blue, grey, red] },
        legend: null,
      },
      shape: {
        field: 'group',
        type: 'nominal',
        scale: { domain: ['best', 'between', 'worst'], range: ['circle', 'circle', 'triangle-up'] },
        legend: null,
      },
    },
    config,
  };
}

/** Pearson's r with the reference and its interval, a line a target. */
export function forestChart({ correlations, reference }: Analysis): TopLevelSpec {
  const values = correlations
    .filter(({ a, pearson }) => a === reference && pearson !== null)
    .map(({ b, pearson, pearsonCi95 }) => ({ target: b, r: pearson, low: pearsonCi95?.[0], high: pearsonCi95?.[1] }));
  const y = axis(
    'target',
    values.map(({ target }) => target),
  );
  const scale = { domain: [-1, 1] };
  return {
    data: { values },
    width: 520,
    height: { step: 26 },
    layer: [
      {
        mark: { type: 'rule', color: '#888', strokeDash: [3, 3] },
        encoding: { x: { datum: 0, type: 'quantitative', scale } },
      },
      {
        mark: { type: 'rule', color: blue, strokeWidth: 2 },
        encoding: {
          y,
          x: { field: 'low', type: 'quantitative', scale, title: `Pearson's r with ${reference}, 95 % interval` },
          x2: { field: 'high' },
        },
      },
      {
        mark: { type: 'point', filled: true, color: blue, size: 70, opacity: 1 },
        encoding: { y, x: { field: 'r', type: 'quantitative', scale } },
      },
    ],
    config,
  };
}

/** Pearson's r of every pair of datasets. */
export function correlationMatrix({ correlations, matrix }: Analysis): TopLevelSpec {
  const both = (pair: PairCorrelation) => [
    { a: pair.a, b: pair.b, r: pair.pearson },
    { a: pair.b, b: pair.a, r: pair.pearson },
  ];
  const diagonal = matrix.datasets.map((dataset) => ({ a: dataset, b: dataset, r: 1 }));
  const x = { ...axis('a', matrix.datasets), axis: { labelAngle: -35 } };
  return heatmap([...diagonal, ...correlations.flatMap(both)], x, axis('b', matrix.datasets), 62);
}

/** Pearson's r of each structure parameter with the error on each dataset. */
export function effectsChart({ effects, matrix }: Analysis, titles: ReadonlyMap<string, string>): TopLevelSpec {
  const parameters = [...new Set(effects.map(({ parameter }) => parameter))];
  const title = (parameter: string) => titles.get(parameter) ?? parameter;
  const x = { ...axis('dataset', matrix.datasets), axis: { labelAngle: -35 } };
  const values = effects.map(({ parameter, dataset, pearson }) => ({
    parameter: title(parameter),
    dataset,
    r: pearson,
  }));
  return heatmap(values, x, axis('parameter', parameters.map(title)), 62, 20);
}

function heatmap(values: { r: number | null }[], x: object, y: object, step: number, height = 34): TopLevelSpec {
  const labelled = values.map((value) => ({ ...value, label: signed(value.r) }));
  return {
    data: { values: labelled },
    width: { step },
    height: { step: height },
    encoding: { x, y } as never,
    layer: [
      {
        mark: { type: 'rect', stroke: '#fff' },
        encoding: {
          color: {
            field: 'r',
            type: 'quantitative',
            scale: { domain: [-1, 0, 1], range: [red, '#f4f4f4', blue] },
            title: "Pearson's r",
          },
        },
      },
      {
        mark: { type: 'text', fontSize: 11 },
        encoding: {
          text: { field: 'label', type: 'nominal' },
          color: { condition: { test: 'abs(datum.r) > 0.6', value: '#fff' }, value: '#222' },
        },
      },
    ],
    config,
  };
}

/** A coefficient with its sign and two digits; a dash where it is undefined. */
export function signed(value: number | null): string {
  if (value === null) return '–';
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}

export const definedErrors = (errors: readonly (number | null)[] | undefined): number[] =>
  (errors ?? []).filter((error) => error !== null);

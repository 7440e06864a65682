import type { ParameterEffect } from '../../analysis/index.ts';
import { intervalChart, intervalTable, type IntervalPlot, type Mark } from '../charts/intervals.ts';
import { scatterChart } from '../charts/scatter.ts';
import { stagesChart, type Stage } from '../charts/stages.ts';
import { pageTheme, type Theme } from '../charts/theme.ts';
import { details, htmlTable } from '../elements.ts';
import { html, joined, nothing, type Content, type Markup } from '../markup.ts';
import { titleOf, type PageData, type PageParameter } from '../page-data.ts';
import { isPart, partsOf } from '../targets.ts';
import {
  counted,
  grouped,
  listed,
  percent,
  pValue,
  signed,
  signedInterval,
  threeDigits,
  withInterval,
} from '../words/numbers.ts';
import { comparative, parameterName, parameterTitle } from '../words/parameters.ts';
import { abbreviated } from '../words/units.ts';
import { drawn, drawnSide } from './drawn.ts';
import { idPart, type Figure } from './figure.ts';
import type { Topic } from './topic.ts';

/** Which properties of a network go with fewer errors, and what the best and the worst networks look like. */
export const structure: Topic = {
  id: 'structure',
  figures: (data) => [...effectFigures(data), ...depthFigures(data), ...parameterFigures(data), ...rangeFigures(data)],
  section: ({ data }) => {
    if (data.effects.length === 0) return undefined;
    const [first, ...others] = effectFigures(data);
    const stages = others.filter(({ id }) => id === 'structure-of-stages');
    const whole = others.filter(({ id, isOfParts }) => isOfParts !== true && id !== 'structure-of-stages');
    const ofParts = others.filter(({ isOfParts }) => isOfParts === true);
    const parameters = parameterFigures(data);
    const depths = depthFigures(data);
    return {
      name: 'What good networks have in common',
      title: headline(data),
      content: joined([
        html`<p class="sub">
          Rank correlation of each property with the error, and its 95 % interval. Grey if it is not shown to differ
          from 0, all properties and datasets considered.
        </p>`,
        first === undefined ? '' : drawn(first),
        stages.length === 0 ? '' : details('Stage by stage', ...stages.map(drawn)),
        whole.length === 0
          ? ''
          : details(`The same for ${counted(whole.length, 'other dataset')}`, ...whole.map(drawn)),
        ofParts.length === 0
          ? ''
          : html`<div class="part">
              ${details(`The same for ${counted(ofParts.length, 'subset')}`, ...ofParts.map(drawn))}
            </div>`,
        differences(data),
        drawings(data),
        parameters.length === 0
          ? ''
          : joined([
              depths.length === 0 ? '' : joined([html`<h3>Depth against the error</h3>`, drawnSide(depths)]),
              html`<h3>${depths.length === 0 ? 'A' : 'Width or another'} property against the error</h3>
                <div id="parameter-choice"></div>`,
              drawnSide(parameters),
            ]),
        numbers(data),
      ]),
    };
  },
};

/** Properties of whole networks that are shown first; those of single stages follow. */
const isOfStage = (key: string) => /^[dwbg]\d+$/.test(key);

type Relation = 'fewer' | 'more' | 'open';

const relation = ({ verdict, spearman }: ParameterEffect): Relation =>
  verdict === 'undecided' || spearman === null ? 'open' : spearman < 0 ? 'fewer' : 'more';

const wholeDatasets = (data: PageData): string[] =>
  data.datasets.filter((facts) => !isPart(facts)).map(({ dataset }) => dataset);

function headline(data: PageData): string {
  const whole = wholeDatasets(data);
  const everywhere = (wanted: Relation) =>
    data.parameters
      .map(({ key }) => key)
      .filter((key) => !isOfStage(key))
      .filter((key) => {
        const own = data.effects.filter(({ parameter, dataset }) => parameter === key && whole.includes(dataset));
        return own.length > 0 && own.every((effect) => relation(effect) === wanted);
      })
      .sort((a, b) => strength(data, b) - strength(data, a));
  const prefix = 'What good networks have in common';
  const [more] = everywhere('fewer');
  const [less] = everywhere('more');
  const parts = [
    ...(more === undefined ? [] : [comparative(data, more, 'more')]),
    ...(less === undefined ? [] : [comparative(data, less, 'less')]),
  ];
  if (parts.length > 0) return `${prefix}: ${listed(parts)}`;
  return whole.length === 1
    ? `${prefix}: no property is shown to matter`
    : `${prefix}: no property is shown to matter on every dataset`;
}

const strength = (data: PageData, key: string) =>
  Math.abs(
    data.effects.find(({ parameter, dataset }) => parameter === key && dataset === data.reference)?.spearman ?? 0,
  );

/** A chart for each other dataset beside the reference, and one of the properties of single stages. */
function effectFigures(data: PageData): Figure[] {
  if (data.effects.length === 0) return [];
  const [reference, ...targets] = wholeDatasets(data);
  if (reference === undefined) return [];
  const pairs = targets.length === 0 ? [[reference]] : targets.map((target) => [reference, target]);
  const keys = data.parameters.map(({ key }) => key);
  const ofNetworks = keys.filter((key) => !isOfStage(key));
  const ofStages = keys.filter(isOfStage);
  // A table of others may know stages alone.
  const first = ofNetworks.length === 0 ? ofStages : ofNetworks;
  return [
    ...pairs.map((datasets, index) =>
      effectFigure(
        data,
        first,
        datasets,
        index === 0 ? 'structure' : `structure-${idPart(datasets[1]!, index)}`,
        false,
      ),
    ),
    ...(ofNetworks.length === 0 || ofStages.length === 0
      ? []
      : [effectFigure(data, ofStages, pairs[0]!, 'structure-of-stages', false)]),
    ...data.datasets
      .filter(isPart)
      .map(({ dataset }, index) =>
        effectFigure(data, first, [reference, dataset], `structure-part-${idPart(dataset, index)}`, true),
      ),
  ];
}

function effectFigure(
  data: PageData,
  parameters: readonly string[],
  datasets: readonly string[],
  id: string,
  isOfParts: boolean,
): Figure {
  const of = (parameter: string, dataset: string) =>
    data.effects.find((effect) => effect.parameter === parameter && effect.dataset === dataset);
  const keys = parameters
    .filter((key) => of(key, datasets[0]!)?.spearman != null)
    .sort((a, b) => of(a, datasets[0]!)!.spearman! - of(b, datasets[0]!)!.spearman!);
  const plot: IntervalPlot = {
    header: 'More of this …',
    columns: datasets.map((dataset, index) =>
      `${titleOf(data, dataset)} ${datasets.length === 1 ? '' : index === 0 ? '●' : '○'}`.trim(),
    ),
    axis: 'Rank correlation with the error, 95 % interval',
    directions: ['goes with fewer errors', 'with more errors'],
    domain: [-1, 1],
    rows: keys.map((key) => ({
      label: parameterTitle(data, key),
      marks: datasets.flatMap((dataset, index): Mark[] => {
        const effect = of(key, dataset);
        if (effect === undefined) return [];
        const kind = relation(effect);
        const colour: keyof Theme = kind === 'fewer' ? 'best' : kind === 'more' ? 'worst' : 'neutral';
        return [{ value: effect.spearman, interval: effect.spearmanCi95, colour, kind: index === 0 ? 'dot' : 'ring' }];
      }),
      cells: datasets.map((dataset) => signed(of(key, dataset)?.spearman)),
    })),
  };
  return {
    id,
    isOfParts,
    alternative: `Rank correlation of each property with the error on ${listed(datasets.map((dataset) => titleOf(data, dataset)))}: ${keys
      .slice(0, 8)
      .map(
        (key) =>
          `${parameterName(data, key)} ${datasets.map((dataset) => withInterval(of(key, dataset)?.spearman, of(key, dataset)?.spearmanCi95)).join(' and ')}`,
      )
      .join('; ')}`,
    draw: (theme) => intervalChart(plot, theme),
    asTable: () => intervalTable(plot, 'effects'),
    table: () => ({
      header: ['parameter', 'dataset', 'n', 'spearman', 'low', 'high', 'pearson'],
      rows: keys.flatMap((key) =>
        datasets.flatMap((dataset) => {
          const effect = of(key, dataset);
          return effect === undefined
            ? []
            : [
                [
                  ...[key, dataset, effect.n, effect.spearman, effect.spearmanCi95?.[0] ?? null],
                  ...[effect.spearmanCi95?.[1] ?? null, effect.pearson],
                ],
              ];
        }),
      ),
    }),
  };
}

/** The stages of an architecture, as far as the results table has their parameters. */
export function stagesOf({ parameters }: Pick<PageData, 'parameters'>, index: number): Stage[] {
  const value = (key: string) => parameters.find((parameter) => parameter.key === key)?.values[0]?.[index] ?? null;
  const stages: Stage[] = [];
  for (let stage = 1; ; stage++) {
    const [depth, width] = [value(`d${stage}`), value(`w${stage}`)];
    if (depth === null || width === null) return stages;
    stages.push({ depth, width, bottleneckRatio: value(`b${stage}`), groupWidth: value(`g${stage}`) });
  }
}

/** Properties whose relation with the error differs between whole datasets. */
function differences(data: PageData): Content {
  const all = data.effectDifferences;
  if (all.length === 0) return '';
  const shown = all
    .filter(({ verdict }) => verdict === 'differs')
    .sort((a, b) => Math.abs(b.difference ?? 0) - Math.abs(a.difference ?? 0));
  if (shown.length === 0)
    return html`<p class="note">
      No property is shown to matter differently on two datasets; that does not mean that there is none.
    </p>`;
  return html`<p class="note">
    Shown to matter differently${shown.length > mostDifferences ? ', the largest differences first' : ''}:
    ${shown
      .slice(0, mostDifferences)
      .map(
        ({ parameter, a, b, difference, differenceCi95 }) =>
          `${parameterName(data, parameter)} on ${titleOf(data, a)} and ${titleOf(data, b)}, where ρ differs by ${withInterval(difference, differenceCi95)}`,
      )
      .join('; ')}${shown.length > mostDifferences ? `; and ${shown.length - mostDifferences} more` : ''}.
  </p>`;
}

const mostDifferences = 3;

const drawnOfEach = 3;
/** Datasets whose best and worst networks are shown at once. */
const mostDrawn = 3;

/** The best and the worst networks on each whole dataset, drawn. */
function drawings(data: PageData): Markup {
  const all = data.architectures.map((_, index) => stagesOf(data, index));
  if (all.every((stages) => stages.length === 0)) return nothing;
  const largest = Math.max(1, ...all.flatMap((stages) => stages.map(({ width }) => width)));
  const rows = data.datasets.flatMap((facts, column) => {
    if (isPart(facts)) return [];
    const errors = data.errors[column]!;
    const ranked = [...errors.keys()]
      .filter((index) => errors[index] !== null && all[index]!.length > 0)
      .sort((a, b) => errors[a]! - errors[b]!);
    const count = Math.min(drawnOfEach, Math.floor(ranked.length / 2));
    if (count === 0) return [];
    const network = (index: number, kind: 'best' | 'worst') => {
      const stages = all[index]!;
      const blocks = stages.reduce((sum, { depth }) => sum + depth, 0);
      const params = data.parameters.find(({ key }) => key === 'params')?.values;
      const parameters = (params?.[column] ?? params?.[0])?.[index];
      const words = `widths ${stages.map(({ width }) => width).join(', ')}; blocks ${stages.map(({ depth }) => depth).join(', ')}`;
      return html`<figure class="network">
        <div role="img" aria-label="${data.architectures[index]}: ${words}">
          ${stagesChart(stages, largest, pageTheme[kind], pageTheme).svg}
        </div>
        <figcaption>
          <b>${data.architectures[index]}</b><br />${percent(errors[index], 1)} error<br />${counted(blocks, 'block')}${parameters == null ? '' : html`, ${abbreviated(parameters)} params`}
        </figcaption>
      </figure>`;
    };
    return [
      html`<div class="networks">
        <div>
          <h4 class="best">Fewest errors on ${data.titles[column]!.title}</h4>
          <div class="row">${ranked.slice(0, count).map((index) => network(index, 'best'))}</div>
        </div>
        <div>
          <h4 class="worst">Most errors</h4>
          <div class="row">
            ${ranked
              .slice(-count)
              .reverse()
              .map((index) => network(index, 'worst'))}
          </div>
        </div>
      </div>`,
    ];
  });
  return html`<h3>The best and the worst, drawn</h3>
    <p class="sub">
      A bar is a block; its height is its width in channels, on a logarithmic scale; the number below is the width of
      the stage.
    </p>
    ${joined(rows.slice(0, mostDrawn))}${rows.length > mostDrawn ? details(`The same for ${counted(rows.length - mostDrawn, 'other dataset')}`, ...rows.slice(mostDrawn)) : ''}`;
}

/** The parameter that a reader looks at first: the one of which the paper speaks, else the first. */
export const firstParameter = ({ parameters }: PageData): PageParameter | undefined =>
  parameters.find(({ key }) => key === 'cumulativeWidth') ?? parameters[0];

/** The parameter that the reader chose against the error on each dataset. */
function parameterFigures(data: PageData): Figure[] {
  const first = firstParameter(data);
  if (first === undefined) return [];
  const chosen = (key: string | undefined) => data.parameters.find((parameter) => parameter.key === key) ?? first;
  return data.datasets.map((_, index) =>
    parameterFigure(data, index, {
      id: 'parameter',
      what: `A property (${first.title} unless another is chosen)`,
      parameter: chosen,
      columns: data.parameters,
    }),
  );
}

/** Datasets for which depth is drawn: a row of charts. */
const mostDepths = 4;

/** The depth of the networks against the error on the reference and the first other datasets. */
function depthFigures(data: PageData): Figure[] {
  const depth = data.parameters.find(({ key }) => key === 'totalDepth');
  if (depth === undefined || firstParameter(data) === depth) return [];
  return [...data.datasets.keys()]
    .filter((index) => !isPart(data.datasets[index]!))
    .slice(0, mostDepths)
    .map((index) =>
      parameterFigure(data, index, { id: 'depth', what: depth.title, parameter: () => depth, columns: [depth] }),
    );
}

interface ParameterShown {
  /** First part of the figure's id. */
  id: string;
  /** In words. */
  what: string;
  /** The parameter that is drawn if the reader chose one by its key. */
  parameter: (chosen: string | undefined) => PageParameter;
  /** Those that the figure's table has. */
  columns: readonly PageParameter[];
}

/** A structure parameter against the error on a dataset. */
function parameterFigure(
  data: PageData,
  index: number,
  { id, what, parameter: shown, columns }: ParameterShown,
): Figure {
  const { datasets, errors, best, worst, architectures, effects } = data;
  const facts = datasets[index]!;
  const { dataset } = facts;
  const valuesOf = ({ values }: PageParameter) => (values[index] ?? values[0])!;
  return {
    id: `${id}-${idPart(dataset, index)}`,
    alternative: `${what} against the error on ${titleOf(data, dataset)}, a point a network`,
    isInteractive: true,
    isOfParts: isPart(facts),
    draw: (theme, { scale, parameter }) => {
      const { key, title, ...rest } = shown(parameter);
      const x = valuesOf({ key, title, ...rest });
      const defined = x.filter((value) => value !== null);
      const isWide = Math.min(...defined) > 0 && Math.max(...defined) > 8 * Math.min(...defined);
      const effect = effects.find((of) => of.parameter === key && of.dataset === dataset);
      return scatterChart(
        {
          heading: data.titles[index]!.short,
          below: `ρ ${signed(effect?.spearman)}`,
          xTitle: title,
          yTitle: 'Error',
          ...{ x, y: errors[index]!, scale, best, worst, xKind: isWide ? 'log' : 'linear' },
          size: { width: 220, height: 230, font: 12 },
        },
        theme,
      );
    },
    table: () => ({
      header: ['architecture', ...columns.map(({ key }) => key), `error on ${dataset}`],
      rows: architectures.map((name, row) => [
        name,
        ...columns.map((parameter) => valuesOf(parameter)[row] ?? null),
        errors[index]![row] ?? null,
      ]),
    }),
  };
}

/** For each parameter the values of the best networks on each dataset, in their own unit. */
function rangeFigures(data: PageData): Figure[] {
  const parts = partsOf(data);
  return data.parameters.flatMap(({ key, title }, index): Figure[] => {
    const ranges = data.ranges.filter(({ parameter }) => parameter === key);
    if (ranges.length === 0) return [];
    const plot: IntervalPlot = {
      header: `${title} on`,
      columns: ['low', 'median', 'high'],
      axis: `${title} of the best networks`,
      text: threeDigits,
      rows: ranges.map(({ dataset, low, median, high }) => ({
        label: titleOf(data, dataset),
        isOfParts: parts.has(dataset),
        marks: [{ value: median, interval: [low, high], colour: 'ink' }],
        cells: [threeDigits(low), threeDigits(median), threeDigits(high)],
      })),
    };
    return [
      {
        id: `range-${idPart(key, index)}`,
        alternative: `${title} of the best networks: ${ranges.map(({ dataset, low, median, high }) => `${titleOf(data, dataset)} ${threeDigits(low)} to ${threeDigits(high)}, median ${threeDigits(median)}`).join('; ')}`,
        draw: (theme) => intervalChart(plot, theme),
        asTable: () => intervalTable(plot),
        table: () => ({
          header: ['parameter', 'dataset', 'n', 'low', 'median', 'high'],
          rows: ranges.map(({ parameter, dataset, n, low, median, high }) => [
            parameter,
            dataset,
            n,
            low,
            median,
            high,
          ]),
        }),
      },
    ];
  });
}

/** Differences between datasets that a page lists. */
const mostInTable = 200;

function numbers(data: PageData): Content {
  const { effects, ranges, methods } = data;
  const parts = partsOf(data);
  const differing = [...data.effectDifferences]
    .sort((a, b) => (a.pValueCorrected ?? 1) - (b.pValueCorrected ?? 1))
    .slice(0, mostInTable);
  const fixed = effects.find((of) => of.fixed !== null)?.fixed;
  return [
    details(
      'All properties as numbers',
      fixed == null
        ? ''
        : html`<p>
            At fixed size: the same with ${parameterName(data, fixed)} held fixed, so what a property does beyond making
            a network larger.
          </p>`,
      htmlTable(
        [
          ...['property', 'dataset', 'n', 'ρ', '95 % interval', 'r', '95 % interval', 'p', 'p (corrected)', 'verdict'],
          ...['r at fixed size', '95 % interval'],
        ],
        effects.map((of) => [
          ...[parameterTitle(data, of.parameter), titleOf(data, of.dataset), of.n],
          ...[signed(of.spearman), signedInterval(of.spearmanCi95), signed(of.pearson), signedInterval(of.pearsonCi95)],
          ...[pValue(of.pValue), pValue(of.pValueCorrected), of.verdict],
          ...[signed(of.partialPearson), signedInterval(of.partialPearsonCi95)],
        ]),
        { isOfParts: (row) => parts.has(effects[row]!.dataset) },
      ),
    ),
    data.effectDifferences.length === 0
      ? ''
      : details(
          'Differences between datasets',
          html`<p>
            Intervals hold for all properties and pairs of datasets
            together.${differing.length < data.effectDifferences.length ? ` Shown are the ${mostInTable} with the smallest p of ${grouped(data.effectDifferences.length)}; the table effect-differences has all.` : ''}
          </p>`,
          htmlTable(
            ['property', 'dataset', 'and', 'n', 'difference of ρ', '95 % interval', 'p (corrected)', 'verdict'],
            differing.map((of) => [
              ...[parameterTitle(data, of.parameter), titleOf(data, of.a), titleOf(data, of.b), of.n],
              ...[signed(of.difference), signedInterval(of.differenceCi95), pValue(of.pValueCorrected), of.verdict],
            ]),
          ),
        ),
    ranges.length === 0
      ? ''
      : details(
          'Which values the best networks have',
          html`<p>
            A quarter of the networks is drawn ${grouped(methods.resamples)} times, and each time the best of them is
            taken: shown are the median of its value, and the range that holds 95 % of these values.
          </p>`,
          htmlTable(
            ['property', 'dataset', 'n', 'low', 'median', 'high'],
            ranges.map((of) => [
              ...[parameterTitle(data, of.parameter), titleOf(data, of.dataset), of.n],
              ...[threeDigits(of.low), threeDigits(of.median), threeDigits(of.high)],
            ]),
            { isOfParts: (row) => parts.has(ranges[row]!.dataset) },
          ),
        ),
  ];
}

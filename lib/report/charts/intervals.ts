import { html, type Markup } from '../markup.ts';
import { chart, type Chart } from './chart.ts';
import { verticalLine, type Frame } from './frame.ts';
import { correlationScale, linearScale, padded, type Scale } from './scales.ts';
import { element, label, short } from './svg.ts';
import { unbroken } from '../words/numbers.ts';
import { textWidth, widest } from './text.ts';
import { pageTheme, type Theme } from './theme.ts';

/** A value on the line of a row. */
export interface Mark {
  value: number | null;
  interval?: readonly [number, number] | null | undefined;
  /**
   * `dot` by default, `triangle` for the worst networks; `ring` for a value compared with it, `tick` for a bound, `small` for one of
   * several.
   */
  kind?: 'dot' | 'triangle' | 'ring' | 'tick' | 'small';
  colour: keyof Theme;
}

export interface IntervalRow {
  label: string;
  /** A word beside the label, in its colour. */
  tag?: string;
  colour?: keyof Theme;
  marks: readonly Mark[];
  /** Numbers in columns, as texts. */
  cells: readonly string[];
  /** Whether it is about a part of the reference, which the reader can hide. */
  isOfParts?: boolean;
  /** Whether it is a heading for the rows below it. */
  isHeading?: boolean;
}

/** Values with their intervals, one per row, on a common axis: as a table whose rows hold small charts, or as one chart. */
export interface IntervalPlot {
  /** Title of the rows. */
  header: string;
  tagHeader?: string;
  /** Titles of the columns of numbers. */
  columns: readonly string[];
  rows: readonly IntervalRow[];
  /** Title of the axis. */
  axis: string;
  /** Range of the axis; by default that of all values, including 0. */
  domain?: readonly [number, number];
  /** Formats a value; by default as a correlation. */
  text?: (value: number) => string;
  /** Words for both directions of the axis, instead of its numbers. */
  directions?: readonly [low: string, high: string];
}

const tickCount = 4;

function scaleOf(
  { rows, domain, text }: IntervalPlot,
  range: readonly [number, number],
  count = tickCount,
): Scale & { domain: readonly [number, number] } {
  const values = rows.flatMap(({ marks }) =>
    marks.flatMap(({ value, interval }) => (value === null ? [] : [value, ...(interval ?? [])])),
  );
  const of = domain ?? padded([Math.min(0, ...values), Math.max(0, ...values)]);
  return {
    ...(text === undefined ? correlationScale(of, range, count) : linearScale(of, range, count, text)),
    domain: of,
  };
}

/** Draws a table whose charts are as wide as their column: positions are percentages, so nothing is scaled. */
export function intervalTable(plot: IntervalPlot, kind = ''): Markup {
  const { header, tagHeader, columns, rows, directions, axis } = plot;
  const scale = scaleOf(plot, [0, 100]);
  const clamp = (value: number) => Math.min(100, Math.max(0, scale.place(value)));
  const hasSecond = rows.some(({ marks }) => marks.some((mark) => mark.kind === 'ring'));
  const height = hasSecond ? 26 : 22;
  const zero = scale.domain[0] < 0 && scale.domain[1] > 0 ? scale.place(0) : undefined;
  const axisLabels =
    directions === undefined
      ? html`<div class="axis-labels">
          ${scale.ticks.map(({ value, text }) => html`<span style="left:${short(scale.place(value))}%">${text}</span>`)}
        </div>`
      : html`<div class="directions">
          <span class="fewer">← ${directions[0]}</span><span class="more">${directions[1]} →</span>
        </div>`;
  const strip = (marks: readonly Mark[]) =>
    html`<svg class="strip" width="100%" height="${height}" aria-hidden="true">
      ${[
        element('line', { x1: '0', x2: '100%', y1: height / 2, y2: height / 2, stroke: pageTheme.grid }),
        ...(zero === undefined
          ? []
          : [
              element('line', {
                ...{ x1: `${short(zero)}%`, x2: `${short(zero)}%`, y1: 0, y2: height },
                ...{ stroke: pageTheme.muted, 'stroke-dasharray': '2 3' },
              }),
            ]),
        ...marks.flatMap((mark) => stripMark(mark, clamp, height, hasSecond)),
      ]}
    </svg>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${axis}">
    <table class="intervals ${kind}">
      <thead>
        <tr>
          <th scope="col">${header}</th>
          ${tagHeader === undefined ? '' : html`<th scope="col">${tagHeader}</th>`}
          <th class="strips">${axisLabels}<span class="unseen">${axis}</span></th>
          ${columns.map((title) => html`<th scope="col" class="number">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(({ label: name, tag, colour, marks, cells, isOfParts, isHeading }) =>
          isHeading === true
            ? html`<tr class="${isOfParts === true ? 'part ' : ''}between">
                <th scope="rowgroup" colspan="${columns.length + (tagHeader === undefined ? 2 : 3)}">${name}</th>
              </tr> `
            : html`<tr${isOfParts === true ? html` class="part"` : ''}><th scope="row"${colour === undefined ? '' : html` style="color:${pageTheme[colour]}"`}>${unbroken(name)}</th>${tagHeader === undefined ? '' : html`<td${colour === undefined ? '' : html` style="color:${pageTheme[colour]}"`}>${tag}</td>`}<td class="strips">${strip(marks)}</td>${cells.map((text) => html`<td class="number">${text}</td>`)}</tr>\n`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Draws a single strip, e.g. below a large figure. */
export function intervalStrip(
  marks: readonly Mark[],
  domain: readonly [number, number],
  ends: readonly [string, string],
): Markup {
  const plot: IntervalPlot = { header: '', columns: [], rows: [], axis: '', domain };
  const scale = scaleOf(plot, [0, 100]);
  const clamp = (value: number) => Math.min(100, Math.max(0, scale.place(value)));
  const zero = short(scale.place(0));
  return html`<svg class="strip" width="100%" height="22" aria-hidden="true">
      ${[
        element('line', { x1: '0', x2: '100%', y1: 11, y2: 11, stroke: pageTheme.rule }),
        element('line', {
          x1: `${zero}%`,
          x2: `${zero}%`,
          y1: 0,
          y2: 22,
          stroke: pageTheme.muted,
          'stroke-dasharray': '2 3',
        }),
        ...marks.flatMap((mark) => stripMark(mark, clamp, 22, false)),
      ]}
    </svg>
    <div class="axis-labels ends">
      <span class="first">${ends[0]}</span><span style="left:${zero}%">0</span><span class="last">${ends[1]}</span>
    </div>`;
}

function stripMark(
  { value, interval, kind = 'dot', colour }: Mark,
  place: (value: number) => number,
  height: number,
  hasSecond: boolean,
): Markup[] {
  if (value === null) return [];
  const stroke = pageTheme[colour];
  const y = !hasSecond || kind === 'tick' ? height / 2 : kind === 'ring' ? height / 2 + 5 : height / 2 - 5;
  const x = `${short(place(value))}%`;
  const whisker = interval
    ? [
        element('line', {
          ...{ x1: `${short(place(interval[0]))}%`, x2: `${short(place(interval[1]))}%`, y1: y, y2: y },
          ...{ stroke, 'stroke-width': 3, 'stroke-opacity': 0.45 },
        }),
      ]
    : [];
  return [...whisker, ...markAt(kind, x, y, stroke, pageTheme.paper, pageTheme.ink, height)];
}

function markAt(
  kind: NonNullable<Mark['kind']>,
  x: string | number,
  y: number,
  colour: string,
  paper: string,
  ink: string,
  height: number,
): Markup[] {
  switch (kind) {
    case 'tick':
      return [
        element('line', {
          x1: x,
          x2: x,
          y1: y - height / 2 + 3,
          y2: y + height / 2 - 3,
          stroke: ink,
          'stroke-width': 2,
        }),
      ];
    case 'small':
      return [element('circle', { cx: x, cy: y, r: 2.2, fill: colour, 'fill-opacity': 0.6 })];
    case 'ring':
      return [element('circle', { cx: x, cy: y, r: 4, fill: paper, stroke: colour, 'stroke-width': 2 })];
    case 'triangle':
      // An SVG of its own, as a path cannot be placed in percent.
      return [
        element('svg', { x, y, overflow: 'visible' }, element('path', { d: 'M0 -5.5L5.5 4.5H-5.5z', fill: colour })),
      ];
    case 'dot':
      return [element('circle', { cx: x, cy: y, r: 5, fill: colour })];
  }
}

const rowHeight = 24;
const stripWidth = 330;
const longestLabel = 300;

/** Draws the same as a stand-alone chart. */
export function intervalChart(plot: IntervalPlot, theme: Theme): Chart {
  const { rows, columns, tagHeader, header, axis, directions } = plot;
  const left = 4;
  const labels = Math.min(
    longestLabel,
    Math.max(widest(rows.map((row) => row.label)), textWidth(header, { weight: 600 })),
  );
  const tags =
    tagHeader === undefined ? 0 : Math.max(widest(rows.map(({ tag = '' }) => tag)), textWidth(tagHeader)) + 16;
  const begin = left + labels + 18 + tags;
  const numbers = columns.map(
    (title, column) =>
      Math.max(textWidth(title, { weight: 600 }), widest(rows.map(({ cells }) => cells[column] ?? ''))) + 18,
  );
  const top = 44;
  const frame: Frame = { left: begin, top, right: begin + stripWidth, bottom: top + rowHeight * rows.length };
  const scale = scaleOf(plot, [frame.left, frame.right], 6);
  const x = (value: number) => Math.min(frame.right, Math.max(frame.left, scale.place(value)));
  const columnEnds = numbers.map(
    (_, index) => frame.right + 12 + numbers.slice(0, index + 1).reduce((sum, width) => sum + width, 0),
  );
  return chart((columnEnds.at(-1) ?? frame.right) + 12, frame.bottom + 12, [
    label(header, left, top - 8, { fill: theme.muted, weight: 600 }),
    ...(tagHeader === undefined
      ? []
      : [label(tagHeader, left + labels + 16, top - 8, { fill: theme.muted, weight: 600 })]),
    label(axis, (frame.left + frame.right) / 2, 16, { fill: theme.ink, weight: 600, anchor: 'middle' }),
    ...(directions === undefined
      ? scale.ticks.map(({ value, text }) =>
          label(text, scale.place(value), top - 8, { fill: theme.muted, anchor: 'middle' }),
        )
      : [
          label(`← ${directions[0]}`, frame.left, top - 8, { fill: theme.best, weight: 600 }),
          label(`${directions[1]} →`, frame.right, top - 8, { fill: theme.worst, weight: 600, anchor: 'end' }),
        ]),
    ...columns.map((title, index) =>
      label(title, columnEnds[index]!, top - 8, { fill: theme.muted, weight: 600, anchor: 'end' }),
    ),
    ...(scale.domain[0] < 0 && scale.domain[1] > 0 ? [verticalLine(frame, scale.place(0), theme)] : []),
    ...rows.flatMap(({ label: text, tag, colour, marks, cells, isHeading }, index) => {
      const y = top + rowHeight * (index + 0.5);
      const fill = colour === undefined ? theme.ink : theme[colour];
      return [
        label(text, left, y + 4, { fill, weight: isHeading === true ? 600 : 400, longest: longestLabel }),
        ...(tag === undefined ? [] : [label(tag, left + labels + 16, y + 4, { fill })]),
        ...(isHeading === true
          ? []
          : [element('path', { d: `M${frame.left} ${y}H${frame.right}`, stroke: theme.grid, fill: 'none' })]),
        ...marks.flatMap((mark) => chartMark(mark, x, y, theme)),
        ...cells.map((cell, column) => label(cell, columnEnds[column]!, y + 4, { fill: theme.ink, anchor: 'end' })),
      ];
    }),
  ]);
}

function chartMark(
  { value, interval, kind = 'dot', colour }: Mark,
  place: (value: number) => number,
  y: number,
  theme: Theme,
): Markup[] {
  if (value === null) return [];
  // Compared values lie a little below.
  const at = kind === 'ring' ? y + 5 : y;
  return [
    ...(interval
      ? [
          element('path', {
            d: `M${short(place(interval[0]))} ${short(at)}H${short(place(interval[1]))}`,
            ...{ stroke: theme[colour], 'stroke-width': 3, 'stroke-opacity': 0.45, fill: 'none' },
          }),
        ]
      : []),
    ...markAt(kind, place(value), at, theme[colour], theme.paper, theme.ink, rowHeight),
  ];
}

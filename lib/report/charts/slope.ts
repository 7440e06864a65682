import { area, curveBumpX, line } from 'd3-shape';
import type { Markup } from '../markup.ts';
import { chart, unselected, type Chart, type Form, type Place, type Trace } from './chart.ts';
import { element, label, shortPath } from './svg.ts';
import type { Theme } from './theme.ts';

export interface SlopeInput {
  /** Titles of the two rankings. */
  left: string;
  right: string;
  /** By architecture: its ranks, from 1 for the best; null if it lacks one of the two. */
  ranks: readonly (readonly [left: number, right: number] | null)[];
  names: readonly string[];
  /** Text beside the rank of an architecture. */
  leftText: (index: number) => string;
  rightText: (index: number) => string;
  best: readonly number[];
  worst: readonly number[];
  /** Lines that tell how many of the best and of the worst remain. */
  stay: { best: readonly string[]; worst: readonly string[] };
}

/** More lines than this are shown as a density. */
const mostLines = 150;

const curve = line<Place>().curve(curveBumpX);

/** Draws the change from the ranks on one dataset to those on another: a line for each architecture, or the marked ones over a density. */
export function slopeChart(input: SlopeInput, theme: Theme, form: Form): Chart {
  const { ranks, best, worst } = input;
  const n = ranks.filter((of) => of !== null).length;
  const isWide = form === 'wide';
  const [width, height] = isWide ? [1000, 760] : [358, 520];
  const [left, right] = isWide ? [307, 693] : [96, 262];
  const [top, bottom] = [40, height - 14];
  const y = (rank: number) => top + ((rank - 1) / Math.max(1, n - 1)) * (bottom - top);
  const traces = ranks.map((of): Trace | null => {
    if (of === null) return null;
    const points: Place[] = [
      [left, y(of[0])],
      [right, y(of[1])],
    ];
    return { points, path: shortPath(curve(points)) };
  });
  const marked = new Set([...best, ...worst]);
  const paths = (indices: Iterable<number>) => [...indices].map((index) => traces[index]?.path ?? '').join('');
  const others = [...ranks.keys()].filter((index) => !marked.has(index));
  // Names of the marked ones are left out if there is no room for all.
  const hasRoom = marked.size * nameHeight < bottom - top;
  return chart(
    width,
    height,
    [
      ...(isWide
        ? [
            label(fit(input.left), left - 14, 18, { anchor: 'end', fill: theme.ink, weight: 600, longest: left - 4 }),
            label(fit(input.right), right + 14, 18, { fill: theme.ink, weight: 600, longest: width - right - 18 }),
          ]
        : [
            label(fit(input.left), 0, 14, { fill: theme.ink, weight: 600, longest: width / 2 - 6 }),
            label(fit(input.right), width, 14, {
              ...{ anchor: 'end', fill: theme.ink, weight: 600, longest: width / 2 - 6 },
            }),
          ]),
      ...[0, 1].map((end) => {
        const count = end === 0 ? best.length : worst.length;
        const share = ((count - 1) / Math.max(1, n - 1)) * (bottom - top) + 14;
        return element('rect', {
          ...{ x: left - 12, y: end === 0 ? top - 7 : bottom - share + 7, width: right - left + 24 },
          ...{ height: count === 0 ? 0 : share, rx: 3, fill: theme.raised },
        });
      }),
      unselected(
        ...(n > mostLines
          ? density(ranks, n, [left, right], y, theme)
          : [
              element('path', {
                ...{ d: paths(others), stroke: theme.neutral, 'stroke-width': 1, 'stroke-opacity': 0.55, fill: 'none' },
              }),
            ]),
        element('path', { d: paths(best), stroke: theme.best, 'stroke-width': 2.2, fill: 'none' }),
        element('path', { d: paths(worst), stroke: theme.worst, 'stroke-width': 2.2, fill: 'none' }),
      ),
      ...(hasRoom
        ? namesOf(input, traces, [top, bottom], isWide, theme, marked)
        : endsOf(input, traces, isWide, theme)),
      ...(isWide
        ? [
            ...stays(input.stay.best, 66, top + 60, theme.best, theme),
            ...stays(input.stay.worst, 66, bottom - 84, theme.worst, theme),
          ]
        : []),
    ],
    { traces },
  );
}

const fit = (title: string) => `Rank on ${title}`;

const nameHeight = 12.5;

/** Draws names and errors of the marked architectures beside both ends, moved apart if they would touch. */
function namesOf(
  { best, names, leftText, rightText }: SlopeInput,
  traces: readonly (Trace | null)[],
  [top, bottom]: readonly [number, number],
  isWide: boolean,
  theme: Theme,
  marked: ReadonlySet<number>,
): Markup[] {
  const size = 11.5;
  const longest = isWide ? 150 : 66;
  const known = [...marked].filter((index) => traces[index]);
  return ([0, 1] as const).flatMap((end) => {
    const [away, anchor] = end === 0 ? ([-1, 'end'] as const) : ([1, undefined] as const);
    const at = (index: number) => traces[index]!.points[end] as Place;
    const sorted = [...known].sort((a, b) => at(a)[1] - at(b)[1]);
    const places = apart(
      sorted.map((index) => at(index)[1]),
      nameHeight,
      [top - 6, bottom + 6],
    );
    // Names at an end stand below each other: if some are moved, all have a line to their place.
    const areMoved = sorted.some((index, order) => Math.abs(places[order]! - at(index)[1]) > 1);
    return sorted.flatMap((index, order) => {
      const [x, y] = at(index);
      const own = places[order]!;
      const fill = best.includes(index) ? theme.best : theme.worst;
      const text = !isWide
        ? names[index]!
        : end === 0
          ? `${leftText(index)}  ${names[index]}`
          : `${names[index]}  ${rightText(index)}`;
      return [
        ...(areMoved
          ? [
              element('path', {
                d: shortPath(`M${x + 2 * away} ${y}L${x + 16 * away} ${own}`),
                stroke: fill,
                fill: 'none',
              }),
            ]
          : []),
        label(text, x + (areMoved ? 19 : 6) * away, own + 4, { anchor, fill, size, longest }),
      ];
    });
  });
}

/** Moves ascending places as little as possible so that they are at least `distance` apart, within the ends. */
function apart(places: readonly number[], distance: number, [first, last]: readonly [number, number]): number[] {
  // Groups of touching places share their mean displacement.
  const groups: { sum: number; count: number }[] = [];
  places.forEach((place, index) => {
    let group = { sum: place - index * distance, count: 1 };
    for (;;) {
      const before = groups.at(-1);
      if (before === undefined || before.sum / before.count < group.sum / group.count) break;
      groups.pop();
      group = { sum: before.sum + group.sum, count: before.count + group.count };
    }
    groups.push(group);
  });
  const most = last - (places.length - 1) * distance;
  const starts = groups.flatMap(({ sum, count }) =>
    Array<number>(count).fill(Math.min(Math.max(sum / count, first), Math.max(first, most))),
  );
  return starts.map((start, index) => start + index * distance);
}

/** Labels both ends if there is no room for names. */
function endsOf(
  { best, worst }: SlopeInput,
  traces: readonly (Trace | null)[],
  isWide: boolean,
  theme: Theme,
): Markup[] {
  if (isWide) return [];
  const middle = (indices: readonly number[]) => traces[indices[indices.length >> 1] ?? -1]?.points[0];
  return [
    [middle(best), `${best.length} best`, theme.best] as const,
    [middle(worst), `${worst.length} worst`, theme.worst] as const,
  ].flatMap(([at, text, fill]) =>
    at === undefined ? [] : [label(text, at[0] - 16, at[1] + 4, { anchor: 'end', fill, weight: 600 })],
  );
}

const stays = ([figure, ...words]: readonly string[], x: number, y: number, fill: string, theme: Theme): Markup[] =>
  figure === undefined
    ? []
    : [
        label(figure, x, y, { anchor: 'middle', fill, weight: 700, size: 26 }),
        ...words.map((text, index) => label(text, x, y + 18 + 16 * index, { anchor: 'middle', fill: theme.muted })),
      ];

/** Draws tenths of both rankings, joined by bands as wide as the number of architectures that move between them. */
function density(
  ranks: SlopeInput['ranks'],
  n: number,
  [left, right]: readonly [number, number],
  y: (rank: number) => number,
  theme: Theme,
): Markup[] {
  const tenths = 10;
  const bin = (rank: number) => Math.min(tenths - 1, Math.floor(((rank - 1) / n) * tenths));
  const counts = Array.from({ length: tenths }, () => Array<number>(tenths).fill(0));
  for (const of of ranks) if (of !== null) counts[bin(of[0])]![bin(of[1])]! += 1;
  const from = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const used = Array<number>(tenths).fill(0);
  const start = (sums: readonly number[], index: number) => sums.slice(0, index).reduce((sum, count) => sum + count, 0);
  const to = from.map((_, column) => counts.reduce((sum, row) => sum + row[column]!, 0));
  return counts.flatMap((row, i) => {
    let offset = start(from, i);
    return row.flatMap((count, j) => {
      if (count === 0) return [];
      const [a0, a1] = [y(offset + 1), y(offset + count)];
      offset += count;
      const begin = start(to, j) + used[j]!;
      used[j]! += count;
      const [b0, b1] = [y(begin + 1), y(begin + count)];
      const band = area<readonly [number, number, number]>(
        ([x]) => x,
        ([, low]) => low,
        ([, , high]) => high,
      ).curve(curveBumpX);
      return [
        element('path', {
          d: shortPath(
            band([
              [left, a0, a1],
              [right, b0, b1],
            ]),
          ),
          ...{ fill: theme.neutral, 'fill-opacity': 0.1 + 0.5 * Math.min(1, (count * tenths) / n) },
        }),
      ];
    });
  });
}

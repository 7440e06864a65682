import type { Markup } from '../markup.ts';
import { element, label, polyline, short } from './svg.ts';
import type { Scale } from './scales.ts';
import { textWidth } from './text.ts';
import type { Theme } from './theme.ts';

/** The rectangle of a chart in which values are drawn. */
export interface Frame {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Space below a frame for the labels of an axis, and for its title. */
export const axisHeight = 20;
export const titleHeight = 20;

/** Draws grid lines and labels of a horizontal axis below the frame; its title ends at the right. */
export function bottomAxis(frame: Frame, { place, ticks }: Scale, title: string, theme: Theme, size = 13): Markup[] {
  const { right, top, bottom } = frame;
  return [
    grid(
      ticks.map(({ value }) => [
        [place(value), top],
        [place(value), bottom],
      ]),
      theme,
    ),
    ...apart(ticks, place, size).map(({ value, text }) => {
      const half = textWidth(text, { size }) / 2;
      // Labels stay inside the chart.
      const x = Math.min(place(value), right + 16 - half);
      return label(text, x, bottom + size + 4, { anchor: 'middle', fill: theme.muted, size });
    }),
    ...(title === '' ? [] : [axisTitle(frame, title, theme, size)]),
  ];
}

/** The title of a horizontal axis, below its labels. */
export const axisTitle = ({ left, right, bottom }: Frame, title: string, theme: Theme, size: number): Markup =>
  label(`${title} →`, right + 8, bottom + axisHeight + size + 2, {
    ...{ anchor: 'end', fill: theme.ink, weight: 600, size, longest: right - left + 20 },
  });

/** Returns ticks whose labels do not touch; if some would, only every second or third is labelled. */
function apart(ticks: Scale['ticks'], place: Scale['place'], size: number): Scale['ticks'] {
  for (let every = 1; every < ticks.length; every++) {
    const kept = ticks.filter((_, index) => (ticks.length - 1 - index) % every === 0);
    const touch = kept.some(
      ({ value, text }, index) =>
        index > 0 &&
        Math.abs(place(value) - place(kept[index - 1]!.value)) <
          (textWidth(text, { size }) + textWidth(kept[index - 1]!.text, { size })) / 2 + 6,
    );
    if (!touch) return kept;
  }
  return ticks.slice(-1);
}

/** Draws grid lines and labels of a vertical axis to the left of the frame; its title begins above it. */
export function leftAxis(frame: Frame, { place, ticks }: Scale, title: string, theme: Theme, size = 13): Markup[] {
  const { left, right, top } = frame;
  return [
    grid(
      ticks.map(({ value }) => [
        [left, place(value)],
        [right, place(value)],
      ]),
      theme,
    ),
    ...ticks.map(({ value, text }) =>
      label(text, left - 7, place(value) + 0.34 * size, { anchor: 'end', fill: theme.muted, size }),
    ),
    ...(title === ''
      ? []
      : [label(`↑ ${title}`, 2, top - 12, { fill: theme.ink, weight: 600, size, longest: right - 2 })]),
  ];
}

type Segment = readonly [readonly [number, number], readonly [number, number]];

const grid = (segments: readonly Segment[], theme: Theme) =>
  element('path', { d: segments.map(polyline).join(''), stroke: theme.grid, fill: 'none' });

/** Draws a line across the frame at a value, e.g. at a correlation of 0. */
export const verticalLine = ({ top, bottom }: Frame, x: number, { muted }: Theme): Markup =>
  element('path', { d: `M${short(x)} ${top}V${bottom}`, stroke: muted, 'stroke-dasharray': '2 3', fill: 'none' });

export const horizontalLine = ({ left, right }: Frame, y: number, { muted }: Theme): Markup =>
  element('path', { d: `M${left} ${short(y)}H${right}`, stroke: muted, 'stroke-dasharray': '2 3', fill: 'none' });

/** Draws a bold heading of a small chart, and a line of text below it. */
export const headings = (heading: string, below: string, theme: Theme, longest: number): Markup[] => [
  label(heading, 1, 14, { weight: 600, size: 14, fill: theme.ink, longest }),
  ...(below === '' ? [] : [label(below, 1, 30, { fill: theme.muted, size: 12, longest })]),
];

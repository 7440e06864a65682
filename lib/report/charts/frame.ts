import { element, label, polyline, short } from './svg.ts';
import type { Scale } from './scales.ts';
import type { Theme } from './theme.ts';

/** The rectangle of a chart in which values are drawn. */
export interface Frame {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Grid lines and labels of a horizontal axis below the frame. */
export function bottomAxis(frame: Frame, { place, ticks }: Scale, title: string, theme: Theme): string[] {
  const { left, right, top, bottom } = frame;
  return [
    grid(
      ticks.map(({ value }) => [
        [place(value), top],
        [place(value), bottom],
      ]),
      theme,
    ),
    ...ticks.map(({ value, text }) =>
      label(text, { x: place(value), y: bottom + 14, 'text-anchor': 'middle', fill: theme.muted }),
    ),
    label(
      title,
      { x: (left + right) / 2, y: bottom + 30, 'text-anchor': 'middle', fill: theme.ink },
      Math.floor((right - left) / 5.5),
    ),
  ];
}

/** Grid lines and labels of a vertical axis to the left of the frame; its title stands above it. */
export function leftAxis(frame: Frame, { place, ticks }: Scale, title: string, theme: Theme): string[] {
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
      label(text, { x: left - 5, y: place(value) + 4, 'text-anchor': 'end', fill: theme.muted }),
    ),
    label(title, { x: 2, y: top - 7, fill: theme.ink }, Math.floor((right - 2) / 5.5)),
  ];
}

type Segment = readonly [readonly [number, number], readonly [number, number]];

const grid = (lines: readonly Segment[], { faint }: Theme) =>
  element('path', { d: lines.map(polyline).join(''), stroke: faint, fill: 'none' });

/** The line of a value across the frame, e.g. that of a correlation of 0. */
export const verticalLine = ({ top, bottom }: Frame, x: number, { muted }: Theme): string =>
  element('path', { d: `M${short(x)} ${top}V${bottom}`, stroke: muted, 'stroke-dasharray': '3 3', fill: 'none' });

/** A bold heading of a chart, and a line below it. */
export const headings = (x: number, heading: string, below: string, theme: Theme, longest: number): string[] => [
  label(heading, { x, y: 13, 'font-weight': 600, 'font-size': 12.5, fill: theme.ink }, longest),
  ...(below === '' ? [] : [label(below, { x, y: 28, fill: theme.muted }, longest)]),
];

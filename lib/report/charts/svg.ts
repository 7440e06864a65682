import { escaped, trusted, type Markup } from '../markup.ts';
import { fittedText, type TextStyle } from './text.ts';

/** Attributes of an SVG element; undefined ones are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Returns an element with escaped attributes. */
export function element(name: string, attributes: Attributes, ...children: readonly Markup[]): Markup {
  let written = '';
  for (const key in attributes) {
    const value = attributes[key];
    if (value !== undefined) written += ` ${key}="${typeof value === 'number' ? short(value) : escaped(value)}"`;
  }
  return trusted(
    children.length === 0
      ? `<${name}${written}/>`
      : `<${name}${written}>${children.map(({ text }) => text).join('')}</${name}>`,
  );
}

export interface LabelOptions extends TextStyle {
  fill: string;
  anchor?: 'middle' | 'end' | undefined;
  /** Largest width in pixels; a longer text loses its middle and gets the whole text as its title. */
  longest?: number;
  transform?: string;
}

/** Draws a line of text whose baseline begins, ends or is centred at a point. */
export function label(text: string, x: number, y: number, options: LabelOptions): Markup {
  const { fill, anchor, size, weight, longest = Infinity, transform } = options;
  const fitted = fittedText(text, longest, options);
  return element(
    'text',
    {
      ...{ x, y, fill, transform, 'text-anchor': anchor },
      ...{ 'font-size': size, 'font-weight': weight === 400 ? undefined : weight },
    },
    ...(fitted === text ? [] : [element('title', {}, trusted(escaped(text)))]),
    trusted(escaped(fitted)),
  );
}

/** A number with at most two decimals. */
export const short = (value: number): string => String(Math.round(value * 100) / 100);

/** A number with one decimal: a tenth of a pixel, for the many points of a chart. */
export const tenth = (value: number): string => String(Math.round(value * 10) / 10);

/** Dots at points as the path of one element with round line caps, whose width is the dots' diameter. */
export const dots = (points: Iterable<readonly [x: number, y: number]>): string =>
  Array.from(points, ([x, y]) => `M${tenth(x)} ${tenth(y)}h.01`).join('');

/** Triangles that point upwards, around points. */
export const triangles = (points: Iterable<readonly [x: number, y: number]>, size = 5): string =>
  Array.from(
    points,
    ([x, y]) => `M${tenth(x)} ${tenth(y - size)}l${tenth(size)} ${tenth(1.8 * size)}h${tenth(-2 * size)}z`,
  ).join('');

/** Rounds the numbers in path data to one decimal. */
export const shortPath = (path: string | null): string =>
  (path ?? '').replace(/-?\d+\.\d+(e-?\d+)?/g, (number) => tenth(Number(number)));

/** A polyline as a path. */
export const polyline = (points: readonly (readonly [x: number, y: number])[]): string =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${tenth(x)} ${tenth(y)}`).join('');

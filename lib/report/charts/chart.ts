import { trusted, type Markup } from '../markup.ts';
import { element } from './svg.ts';
import { fontFamily, fontSize } from './text.ts';

/** A drawn chart: a stand-alone SVG. */
export interface Chart extends Marked {
  svg: Markup;
  width: number;
  height: number;
}

/** The place of each architecture, in the order of the error matrix, as a point or a line; absent for charts that show none. */
export interface Marked {
  places?: readonly (Place | null)[];
  traces?: readonly (Trace | null)[];
}

/** Pixels from the top left corner. */
export type Place = readonly [x: number, y: number];

export interface Trace {
  points: readonly Place[];
  /** The line through the points, as SVG path data. */
  path: string;
}

/** A number for each architecture, null if it has none. */
export type Column = readonly (number | null)[];

/** Drawn at its full width, or for a phone. */
export type Form = 'wide' | 'narrow';

/** Wraps content into an SVG of the given size. The layer `marks` is for what a reader selects and points at. */
export function chart(width: number, height: number, content: readonly Markup[], marked: Marked = {}): Chart {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  const isMarked = marked.places !== undefined || marked.traces !== undefined;
  const svg = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${w} ${h}`,
      width: w,
      height: h,
      'font-family': fontFamily,
      'font-size': fontSize,
    },
    ...content,
    ...(isMarked ? [element('g', { class: 'marks' }, trusted(''))] : []),
  );
  return { svg, width: w, height: h, ...marked };
}

/** Groups elements that fade to a quarter of their opacity when something is selected. */
export const unselected = (...content: readonly Markup[]): Markup => element('g', { class: 'unselected' }, ...content);

import { element } from './svg.ts';

/** A drawn chart: a stand-alone SVG. */
export interface Chart {
  svg: string;
  width: number;
  height: number;
  /** Where each architecture is, in the order of the error matrix; absent for charts that show none. */
  places?: readonly (Place | null)[];
}

/** Pixels from the top left corner. */
export type Place = readonly [x: number, y: number];

/** A number for each architecture, null where it has none. */
export type Column = readonly (number | null)[];

export const fontSize = 11;
/** Mean width of a character at the font size, about. */
export const characterWidth = 6;

/** An SVG of a size around its content. The layer `marks` is for what a reader selects and points at. */
export function chart(width: number, height: number, content: readonly string[], places?: Chart['places']): Chart {
  const svg = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
      width: Math.ceil(width),
      height: Math.ceil(height),
      'font-family': 'system-ui, sans-serif',
      'font-size': fontSize,
    },
    ...content,
    ...(places === undefined ? [] : [element('g', { class: 'marks' }, '')]),
  );
  return { svg, width: Math.ceil(width), height: Math.ceil(height), ...(places === undefined ? {} : { places }) };
}

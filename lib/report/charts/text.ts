import { advances, characters } from '../font/font-advances.ts';

export type Weight = 400 | 600 | 700;

export interface TextStyle {
  /** Pixels; by default the usual size of a chart. */
  size?: number;
  weight?: Weight;
}

/** Font size of labels in charts, in pixels. */
export const fontSize = 13;
export const fontFamily = "'Source Sans 3', 'Source Sans Pro', system-ui, sans-serif";

const widths = Object.fromEntries(
  Object.entries(advances).map(([weight, list]) => {
    const numbers = list.split(' ').map(Number);
    return [weight, new Map([...characters].map((letter, index) => [letter, numbers[index]!]))];
  }),
) as unknown as Record<Weight, ReadonlyMap<string, number>>;

/** Width of letters that the font does not have, about their height, in thousandths of the font size. */
const unknown = 1000;

/** Returns the width of a text in the embedded font, in pixels, ignoring kerning. */
export function textWidth(text: string, { size = fontSize, weight = 400 }: TextStyle = {}): number {
  let sum = 0;
  for (const letter of text) sum += widths[weight].get(letter) ?? unknown;
  return (sum * size) / 1000;
}

/** Returns the width of the widest text, in pixels. */
export const widest = (texts: Iterable<string>, style?: TextStyle): number => {
  let most = 0;
  for (const text of texts) most = Math.max(most, textWidth(text, style));
  return most;
};

/** Shortens a text to at most `longest` pixels in its middle: similar names often begin alike and differ at their ends. */
export function fittedText(text: string, longest: number, style?: TextStyle): string {
  if (textWidth(text, style) <= longest) return text;
  const letters = [...text];
  for (let kept = letters.length - 1; kept > 1; kept--) {
    const end = Math.floor(0.4 * kept);
    const shorter = `${letters
      .slice(0, kept - end)
      .join('')
      .trimEnd()}…${letters
      .slice(letters.length - end)
      .join('')
      .trimStart()}`;
    if (textWidth(shorter, style) <= longest) return shorter;
  }
  return '…';
}

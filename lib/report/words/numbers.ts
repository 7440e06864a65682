import type { Interval } from '../../analysis/index.ts';

/** Stands for an undefined figure. */
export const dash = '–';

/** A coefficient with its sign, also if it is rounded to 0: an interval that ends at −0.00 does not contain 0; a dash if undefined. */
export function signed(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined) return dash;
  return `${value < 0 ? '−' : value > 0 ? '+' : ''}${Math.abs(value).toFixed(digits)}`;
}

/** E.g. "+0.21 to +0.75". */
export const signedInterval = (interval: Interval | null | undefined, digits = 2): string =>
  interval ? `${signed(interval[0], digits)} to ${signed(interval[1], digits)}` : dash;

/** A coefficient with its interval, e.g. "+0.53 (+0.21 to +0.75)". */
export const withInterval = (value: number | null | undefined, interval: Interval | null | undefined): string =>
  value === null || value === undefined
    ? dash
    : interval
      ? `${signed(value)} (${signedInterval(interval)})`
      : signed(value);

/** A fraction as a percentage with a fixed number of digits. */
export const percent = (value: number | null | undefined, digits = 2): string =>
  value === null || value === undefined ? dash : `${(100 * value).toFixed(digits)} %`;

export const percentInterval = (interval: Interval | null | undefined, digits = 2): string =>
  interval ? `${percent(interval[0], digits)} to ${percent(interval[1], digits)}` : dash;

/** A difference of errors, of which 1 are 100 percentage points. */
export const points = (value: number | null | undefined): string =>
  value === null || value === undefined
    ? dash
    : `${Number((100 * value).toFixed(2)) < 0 ? '−' : ''}${Math.abs(100 * value).toFixed(2)}`;

export const pointsInterval = (interval: Interval | null | undefined): string =>
  interval ? `${points(interval[0])} to ${points(interval[1])}` : dash;

/** A p-value. */
export const pValue = (value: number | null | undefined): string =>
  value === null || value === undefined ? dash : value < 0.0001 ? '< 0.0001' : value.toFixed(4);

/** A number with its digits grouped and at most that many after the point. */
export const grouped = (value: number | null | undefined, digits = 0): string =>
  value === null || value === undefined ? dash : value.toLocaleString('en-US', { maximumFractionDigits: digits });

/** A number with three significant digits. */
export const threeDigits = (value: number | null | undefined): string =>
  value === null || value === undefined
    ? dash
    : Number(value.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 });

/** A count with its noun, e.g. "1 target" or "3 targets". */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`;

/** A title within a sentence: "Total depth" as "total depth"; what is in capitals or has them within stays so. */
export const inSentence = (title: string): string =>
  /^\p{Lu}[^\p{Lu}]*$/u.test(title) ? title[0]!.toLowerCase() + title.slice(1) : title;

/** E.g. "a, b and c". */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** A text for a heading, whose names are not broken at their hyphens. */
export const unbroken = (text: string): string => text.replace(/(?<=\p{L}|\d)-(?=\p{L}|\d)/gu, '\u2011');

/** A text that begins with a capital letter. */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A place in an order, e.g. "1st", "2nd", "24th". */
export function ordinal(place: number): string {
  const suffixes: Record<string, string> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
  return `${place}${suffixes[ordinals.select(place)]}`;
}

const ordinals = new Intl.PluralRules('en-US', { type: 'ordinal' });

/** A small number as a word. */
export const numberWord = (count: number): string =>
  ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'][count] ?? String(count);

/** E.g. `2 of 3 comparisons`, `both comparisons`, `none`. */
export function someOf(amount: number, all: number, noun: string): string {
  if (amount === 0) return 'none';
  if (amount < all) return `${amount} of ${counted(all, noun)}`;
  return all === 1 ? `the only ${noun}` : `${all === 2 ? 'both' : `all ${all}`} ${noun}s`;
}

/** Markup that may be written as it is: made by `html`, which escapes values, or marked by `trusted`. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Values of a template: text is escaped, markup is not; lists are joined, and absent values are left out. */
export type Content = Markup | string | number | null | undefined | false | readonly Content[];

/** Builds HTML or SVG from a template: every value is escaped unless it is `Markup`. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = strings[0]!;
  values.forEach((value, index) => (text += written(value) + strings[index + 1]!));
  return new Markup(text);
}

/** Marks text as markup that was not made by `html`: only for text that this program wrote itself. */
export const trusted = (text: string): Markup => new Markup(text);

export const nothing = trusted('');

/** Joins several pieces, each on a line of its own. */
export const joined = (parts: readonly Content[]): Markup => trusted(parts.map(written).filter(Boolean).join('\n'));

/**
 * Keeps each number and its percent sign, and each correlation and its symbol, on one line; drawings and preformatted text stay as they
 * are.
 */
export const keptTogether = ({ text }: Markup): Markup =>
  trusted(
    text
      .split(/(<(?:pre|svg)\b.*?<\/(?:pre|svg)>)/s)
      .map((part, index) =>
        index % 2 === 0
          ? part.replace(/(\d) %/g, '$1\u00a0%').replace(/(?<!\p{L})([ρr]) (?=[+−]\d)/gu, '$1\u00a0')
          : part,
      )
      .join(''),
  );

/** Returns a text with its line ends kept, for `pre`. */
export const lines = (text: string): Markup => trusted(text.split('\n').map(escaped).join('\n'));

function written(value: Content): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number') return String(value);
  return value ? value.map(written).join('') : '';
}

/** Characters that XML 1.0 cannot hold, and line ends, which untrusted names may contain. */
const unwritable =
  // eslint-disable-next-line no-control-regex -- it is meant to find them
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Escapes any text for the content or a quoted attribute of XML or HTML. */
export function escaped(text: string): string {
  return text
    .replace(unwritable, (character) => (/\s/.test(character) ? ' ' : '\ufffd'))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

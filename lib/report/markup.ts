/** Markup that may be written as it is: made by `html`, whose values are escaped, or vouched for by `trusted`. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: text is escaped, markup is not; lists are joined, and what is absent is left out. */
export type Content = Markup | string | number | null | undefined | false | readonly Content[];

/** HTML or SVG from a template: every value is escaped unless it is `Markup`. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = strings[0]!;
  values.forEach((value, index) => (text += written(value) + strings[index + 1]!));
  return new Markup(text);
}

/** Markup that was not made by `html`: only for text that this program wrote itself. */
export const trusted = (text: string): Markup => new Markup(text);

export const nothing = trusted('');

/** Several pieces as one, each on a line of its own. */
export const joined = (parts: readonly Content[]): Markup => trusted(parts.map(written).filter(Boolean).join('\n'));

/** The same with each number and its percent sign on one line, and each correlation and its symbol; drawings, and what is preformatted, stay as they are. */
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

/** A text whose line ends are kept, for `pre`. */
export const lines = (text: string): Markup => trusted(text.split('\n').map(escaped).join('\n'));

function written(value: Content): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number') return String(value);
  return value ? value.map(written).join('') : '';
}

/** Characters that XML 1.0 cannot hold, and ends of lines, which names of others may have. */
const unwritable =
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text for the content or a quoted attribute of XML or HTML, whatever it holds. */
export function escaped(text: string): string {
  return text
    .replace(unwritable, (character) => (/\s/.test(character) ? ' ' : '\ufffd'))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

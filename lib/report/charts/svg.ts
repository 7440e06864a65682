/** Attributes of an SVG element; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Characters that XML 1.0 cannot hold, and ends of lines, which names of others may have. */
const unwritable =
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text for the content or an attribute of XML or HTML, whatever it holds. */
export function escapeMarkup(text: string): string {
  return text
    .replace(unwritable, (character) => (/\s/.test(character) ? ' ' : '\ufffd'))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** An element with its attributes escaped; children are markup. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escapeMarkup(value!)}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/** A line of text; the text is escaped, and cut to a length with the whole of it as its title. */
export function label(text: string, attributes: Attributes, longest = Infinity): string {
  const cut = shortened(text, longest);
  return element(
    'text',
    attributes,
    ...(cut === text ? [] : [element('title', {}, escapeMarkup(text))]),
    escapeMarkup(cut),
  );
}

/** A text of at most that many characters, without some in the middle: names of much the same begin alike and end otherwise. */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const end = Math.floor(0.4 * (longest - 1));
  return `${text.slice(0, Math.max(1, longest - 1 - end)).trimEnd()}…${text.slice(text.length - end).trimStart()}`;
}

/** A number with at most two decimals. */
export const short = (value: number): string => String(Math.round(value * 100) / 100);

/** A number with one decimal: a tenth of a pixel, for the many points of a chart. */
export const tenth = (value: number): string => String(Math.round(value * 10) / 10);

/** Dots at points as the path of one element with round line caps, whose width is the dots' diameter. */
export const dots = (points: Iterable<readonly [x: number, y: number]>): string =>
  Array.from(points, ([x, y]) => `M${tenth(x)} ${tenth(y)}h.01`).join('');

/** A polyline as a path. */
export const polyline = (points: readonly (readonly [x: number, y: number])[]): string =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${tenth(x)} ${tenth(y)}`).join('');

/**
 * Characters by which foreign text (a name in an archive, a server's error) could move the cursor, hide or forge lines, or reverse the
 * order of what is read: control characters, lone surrogates, line separators, and direction marks.
 */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\p{Surrogate}]/gu;

const escaped = (character: string): string => `\\u{${character.codePointAt(0)!.toString(16)}}`;

/** Makes a name or other single-line foreign text safe for a terminal: each such character becomes its code. */
export const printable = (text: string): string => text.replace(unprintable, escaped);

/** Does the same for text of several lines. */
export const printableText = (text: string): string =>
  text.replace(unprintable, (character) => (character === '\n' ? '\n' : escaped(character)));

/**
 * Joins foreign text that may have several lines, such as an error message, into a single safe line, so that no part can pose as another
 * line.
 */
export const printableLine = (text: string): string => printable(text.replaceAll(/[\r\n]+\s*/g, ' '));

/**
 * Characters by which a text from elsewhere (a name in an archive, an error of a server) could move the cursor, hide or forge lines, or
 * swap the order of what is read: control characters, surrogates without their other half, separators of lines, and marks of direction.
 */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\p{Surrogate}]/gu;

const escaped = (character: string): string => `\\u{${character.codePointAt(0)!.toString(16)}}`;

/** A name or another text of one line that comes from elsewhere, safe to be printed on a terminal: each character of that kind as its code. */
export const printable = (text: string): string => text.replace(unprintable, escaped);

/** The same of a text of several lines. */
export const printableText = (text: string): string =>
  text.replace(unprintable, (character) => (character === '\n' ? '\n' : escaped(character)));

/** A text from elsewhere that may have several lines, such as the message of an error, as one that none of its parts can forge. */
export const printableLine = (text: string): string => printable(text.replaceAll(/[\r\n]+\s*/g, ' '));

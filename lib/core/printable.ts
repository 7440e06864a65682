/** Text of others for a terminal: characters that steer it, or that hide or reorder text, are shown as escapes such as `\u{1b}`. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);

/** The same for text of several lines, whose line breaks stay. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');

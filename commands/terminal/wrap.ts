import { stripVTControlCharacters } from 'node:util';

/** Breaks text between words into lines of at most that many characters; a longer word gets its own line. */
export function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line === '') lines[lines.length - 1] = word;
    else if (length(line) + 1 + length(word) <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/**
 * Fits text to a terminal of that many columns: longer sentences are broken between words and continue below their beginning. Rows of
 * tables and drawings, which have several columns, stay as they are.
 */
export const fitted = (text: string, columns: number): string =>
  text
    .split('\n')
    .flatMap((line) => fittedLine(line, columns))
    .join('\n');

function fittedLine(line: string, columns: number): string[] {
  if (length(line) <= columns || !/\p{L}{2}/u.test(line)) return [line];
  // An indentation or, as in "ok disk: 64.8 GB free", a word in its own column.
  const beginning = /^ *(?:\S+ {2,})?/.exec(line)![0];
  const rest = line.slice(beginning.length);
  const indent = length(beginning);
  if (rest.includes('  ') || indent > columns / 2) return [line];
  const [first, ...more] = wrapped(rest, columns - indent);
  return [beginning + first, ...more.map((part) => ' '.repeat(indent) + part)];
}

/** Counts visible characters: colours take no room. */
const length = (text: string): number => stripVTControlCharacters(text).length;

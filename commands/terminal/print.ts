import { styleText } from 'node:util';
import { printableText } from '../../lib/core/printable.ts';
import { fitted } from './wrap.ts';

/** What of a text has a colour on a terminal: green what is well, yellow what asks for attention, red what failed. */
export type Colours = readonly (readonly [what: RegExp, colour: 'green' | 'yellow' | 'red'])[];

/**
 * Prints lines for people on standard output, broken between words on a terminal that is narrower. Control characters in them are
 * escaped: texts of others cannot act on the terminal.
 */
export const print = (text: string, colours?: Colours): void => write(process.stdout, text, colours);

/** The same on standard error, for what is not the result of a command. */
export const say = (text: string, colours?: Colours): void => write(process.stderr, text, colours);

function write(stream: NodeJS.WriteStream, text: string, colours: Colours | undefined): void {
  const shown = coloured(printableText(text), colours, stream);
  stream.write(`${stream.isTTY ? fitted(shown, stream.columns ?? Infinity) : shown}\n`);
}

/** Prints a text of another format, such as Markdown, whose lines stay whole. */
export const printDocument = (text: string): void => void process.stdout.write(`${printableText(text)}\n`);

/** A text with its colours, if a stream is a terminal and NO_COLOR is not set (https://no-color.org); else the text itself. */
export function coloured(text: string, colours: Colours = [], { isTTY }: { isTTY?: boolean | undefined }): string {
  if (isTTY !== true || process.env['NO_COLOR']) return text;
  return colours.reduce(
    (painted, [what, colour]) => painted.replace(what, (found) => styleText(colour, found, { validateStream: false })),
    text,
  );
}

/** Prints a document for programs on standard output. */
export function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
}

/** Prints one document of several on a line of its own (NDJSON). */
export function printJsonLine(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

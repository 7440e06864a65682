import { styleText } from 'node:util';
import { printableText } from '../../lib/core/printable.ts';

/** What of a text has a colour on a terminal: green what is well, yellow what asks for attention, red what failed. */
export type Colours = readonly (readonly [what: RegExp, colour: 'green' | 'yellow' | 'red'])[];

/** Prints lines for people on standard output. Control characters in them are escaped: texts of others cannot act on the terminal. */
export function print(text: string, colours?: Colours): void {
  process.stdout.write(`${coloured(printableText(text), colours, process.stdout)}\n`);
}

/** The same on standard error, for what is not the result of a command. */
export function say(text: string, colours?: Colours): void {
  process.stderr.write(`${coloured(printableText(text), colours, process.stderr)}\n`);
}

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

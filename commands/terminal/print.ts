import { styleText } from 'node:util';
import { printableText } from '../../lib/core/printable.ts';
import { fitted } from './wrap.ts';

/** Colours for terminal output: green for good, yellow for attention, red for failures. */
export type Colours = readonly (readonly [what: RegExp, colour: 'green' | 'yellow' | 'red'])[];

/**
 * Prints lines for people on standard output, wrapped between words on a narrower terminal. Control characters are escaped, so that foreign
 * text cannot affect the terminal.
 */
export const print = (text: string, colours?: Colours): void => write(process.stdout, text, colours);

/** Does the same on standard error, for everything that is not the result of a command. */
export const say = (text: string, colours?: Colours): void => write(process.stderr, text, colours);

function write(stream: NodeJS.WriteStream, text: string, colours: Colours | undefined): void {
  const shown = coloured(printableText(text), colours, stream);
  stream.write(`${stream.isTTY ? fitted(shown, stream.columns ?? Infinity) : shown}\n`);
}

/** Prints text in another format, such as Markdown, without wrapping lines. */
export const printDocument = (text: string): void => void process.stdout.write(`${printableText(text)}\n`);

/** Colours text if a stream is a terminal and NO_COLOR is not set (https://no-color.org); else returns it unchanged. */
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

/** Prints one of several documents on its own line (NDJSON). */
export function printJsonLine(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

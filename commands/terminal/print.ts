import { styleText } from 'node:util';
import { printableText } from '../../lib/core/printable.ts';

/** A word at the beginning of what is printed, and its colour on a terminal. */
export interface Mark {
  mark: string;
  style: 'green' | 'yellow' | 'red';
}

/** Prints lines for people on standard output. Control characters in them are escaped: texts of others cannot act on the terminal. */
export function print(text: string, mark?: Mark): void {
  process.stdout.write(`${marked(mark, process.stdout)}${printableText(text)}\n`);
}

/** The same on standard error, for what is not the result of a command. */
export function say(text: string, mark?: Mark): void {
  process.stderr.write(`${marked(mark, process.stderr)}${printableText(text)}\n`);
}

function marked(mark: Mark | undefined, { isTTY }: NodeJS.WriteStream): string {
  if (mark === undefined) return '';
  return isTTY && !process.env['NO_COLOR'] ? styleText(mark.style, mark.mark) : mark.mark;
}

/** Prints a document for programs on standard output. */
export function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
}

/** Prints one document of several on a line of its own (NDJSON). */
export function printJsonLine(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

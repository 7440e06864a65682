import { StringDecoder } from 'node:string_decoder';
import { printable, printableText } from '../../core/printable.ts';

/** Characters of the output that are kept for a failure's message, and that the message shows. */
const kept = 16_000;
const shown = 4000;

/** Characters of the last line that the message shows at its beginning. */
const longestReason = 200;

/** Characters of a line in the log. */
const longestLine = 1000;

/** Number of lines allowed at once, and added each second, so that a progress bar does not fill the log. */
const burst = 200;
const perSecond = 20;

/** The output of a trainer: its lines for the log, at a limited rate, and its end for a failure's message. */
export class TrainerOutput {
  readonly #onLog: (line: string) => void;
  #text = '';
  #allowance = burst;
  #at = performance.now();
  #leftOut = 0;

  constructor(onLog: (line: string) => void) {
    this.#onLog = onLog;
  }

  /** Returns a listener for the chunks of one stream. */
  reader(): (chunk: Buffer) => void {
    const decoder = new StringDecoder('utf8');
    let line = '';
    return (chunk) => {
      const text = decoder.write(chunk);
      this.#text = (this.#text + text).slice(-kept);
      const lines = (line + text).split(/[\r\n]+/);
      line = lines.pop()!.slice(0, longestLine);
      for (const complete of lines) if (complete !== '') this.#log(complete);
    };
  }

  #log(line: string): void {
    const now = performance.now();
    this.#allowance = Math.min(burst, this.#allowance + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    if (this.#allowance < 1) {
      this.#leftOut++;
      return;
    }
    this.#allowance--;
    if (this.#leftOut > 0) this.#onLog(`(${this.#leftOut} lines of the trainer were left out)`);
    this.#leftOut = 0;
    this.#onLog(printable(line.slice(0, longestLine)));
  }

  /** Whether the kept part of the output matches. */
  matches(pattern: RegExp): boolean {
    return pattern.test(this.#text);
  }

  /** The last line, in which most programs say why they fail; empty if it is the only line, which `inWords` shows anyway. */
  get lastLine(): string {
    const lines = this.#text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
    return lines.length < 2 ? '' : printable(lines.at(-1)!.trim().slice(0, longestReason));
  }

  /** The end of a failure's message, which quotes the last output; empty if there was none. */
  get inWords(): string {
    const last = this.#text.trim().slice(-shown);
    return last === '' ? '' : `; its last output:\n${printableText(last.replace(/\r\n?/g, '\n'))}`;
  }
}

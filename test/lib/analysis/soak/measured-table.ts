import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const document = new URL('../../../../docs/statistics.md', import.meta.url);

/**
 * Puts measured rows into a table of docs/statistics.md, between `<!-- NAME -->` and `<!-- end -->`: a row replaces the one with the same
 * first two cells, others stay.
 */
export async function recordMeasured(
  name: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  const text = readFileSync(document, 'utf8');
  const [begin, end] = [`<!-- ${name} -->\n`, '\n<!-- end -->'];
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end, from);
  if (from < begin.length || to < 0) throw new Error(`docs/statistics.md has no table ${name}`);
  const keyOf = (cells: readonly string[]) => cells.slice(0, 2).join('|');
  const known = new Map(
    text
      .slice(from, to)
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .slice(2)
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      )
      .map((cells) => [keyOf(cells), cells] as const),
  );
  for (const row of rows) known.set(keyOf(row), [...row]);
  const lines = [header, header.map(() => '---'), ...known.values()].map((cells) => `| ${cells.join(' | ')} |`);
  const written = `${text.slice(0, from)}${['', ...lines, ''].join('\n')}${text.slice(to)}`;
  const style = await resolveConfig(fileURLToPath(document));
  writeFileSync(document, await format(written, { ...style, parser: 'markdown' }));
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Standard error of a rate of so many trials; of none or all not 0 (Agresti and Coull 1998). */
export function rateError(rate: number, trials: number): number {
  const shrunk = (rate * trials + 2) / (trials + 4);
  return Math.sqrt((shrunk * (1 - shrunk)) / trials);
}

/** A rate with its standard error, e.g. `1.5 ± 0.9 %`. */
export const measuredRate = (rate: number, trials: number): string =>
  `${(100 * rate).toFixed(1)} ± ${(100 * rateError(rate, trials)).toFixed(1)} %`;

import type { PairCorrelation } from './analyze.ts';

/** Correlations as CSV: the columns of `PairCorrelation`, with intervals as two columns; undefined values are empty. */
export function correlationsCsv(correlations: readonly PairCorrelation[]): string {
  const names = ['pearson', 'spearman', 'kendallTauB'] as const;
  const header = ['a', 'b', 'n', ...names.flatMap((name) => [name, `${name}Ci95Low`, `${name}Ci95High`])];
  const lines = correlations.map((pair) => [
    quoted(pair.a),
    quoted(pair.b),
    pair.n,
    ...names.flatMap((name) => {
      const ends = pair[`${name}Ci95`];
      return [pair[name] ?? '', ends?.[0] ?? '', ends?.[1] ?? ''];
    }),
  ]);
  return `${[header, ...lines].map((cells) => cells.join(',')).join('\n')}\n`;
}

const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

import { referencePairs } from '../targets.ts';
import { findingsOf, legend } from '../topics/index.ts';
import { counted, signed, signedInterval } from '../words/numbers.ts';
import type { PageData } from '../page-data.ts';

/** Returns the findings of a study and its correlations with the reference as Markdown, for a README or a terminal. */
export function markdownSummary(title: string, data: PageData, isRehearsal: boolean): string {
  const pairs = referencePairs(data);
  const rows = pairs.map(({ b, n, pearson, pearsonCi95, spearman, kendallTauB }) => [
    ...[plain(b), String(n), signed(pearson), signedInterval(pearsonCi95), signed(spearman), signed(kendallTauB)],
  ]);
  const findings = findingsOf(data).map(({ headline, sentence, evidence }) =>
    [
      `**${plain(headline)}**`,
      '',
      plain(sentence),
      ...(evidence.length > 0 ? ['', ...evidence.map((line) => `- ${plain(line)}`)] : []),
    ].join('\n'),
  );
  return [
    `# ${plain(title)}`,
    ...(isRehearsal ? ['**A rehearsal: every number is simulated, nothing was trained.**'] : []),
    `${counted(data.architectures.length, 'architecture')}, ${counted(data.datasets.length, 'dataset')}.`,
    plain(legend),
    ...findings,
    table(
      [`with ${plain(data.reference)}`, 'n', "Pearson's r", '95 % interval', "Spearman's ρ", "Kendall's τ-b"],
      rows,
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** Escapes a text for Markdown, whatever the names in it contain. */
const plain = (text: string) => text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#&~]/g, '\\$&');

import { intervalChart } from '../charts/intervals.ts';
import { signed } from '../words/numbers.ts';
import type { PageData } from '../page-data.ts';
import { sourceName } from '../titles.ts';
import { idPart, type Figure } from './figure.ts';

/** How well each source ranks the architectures on a target, from the best to the worst. */
export function adviceFigures(data: PageData): Figure[] {
  return data.advice.map(({ target, n, sources }, index): Figure => ({
    id: `proxies-${idPart(target, index)}`,
    alternative: `How well other rankings predict that on ${target}: ${sources.map(({ kind, name, spearman }) => `${sourceName(data, { kind, name })} ${signed(spearman)}`).join('; ')}`,
    draw: (theme) =>
      intervalChart(
        {
          rows: [
            { label: target },
            ...sources.map(({ name, kind, spearman, spearmanCi95 }) => ({
              label: sourceName(data, { kind, name }),
              marks: [
                {
                  value: spearman,
                  interval: spearmanCi95,
                  kind: kind === 'reference' ? ('ring' as const) : ('dot' as const),
                },
              ],
            })),
          ],
          title: `Spearman's ρ with the ranking on ${target}, simultaneous 95 % intervals`,
          domain: [-1, 1],
        },
        theme,
      ),
    table: () => ({
      header: ['target', 'source', 'kind', 'n', 'spearman', 'low', 'high', 'inSet', 'cost', 'regret'],
      rows: sources.map((of) => [
        ...[target, of.name, of.kind, n, of.spearman, of.spearmanCi95?.[0] ?? null, of.spearmanCi95?.[1] ?? null],
        ...[String(of.inSet), of.cost, of.regret],
      ]),
    }),
  }));
}

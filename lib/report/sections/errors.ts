import { errorRange } from '../figures/distributions.ts';
import type { Figures } from '../figures/index.ts';
import { dash, percent } from '../words/numbers.ts';
import { htmlTable } from '../html.ts';
import type { PageData } from '../page-data.ts';
import type { Scope } from '../parts.ts';
import { drawnSide, inScopes, marksKey, ofScope, section, type Section } from './section.ts';

/** What errors the architectures reach on each dataset. */
export function errorsSection(data: PageData, { distributions }: Figures): Section {
  const rows = ({ has }: Scope) =>
    data.datasets.flatMap(({ dataset }, index) => {
      if (!has(dataset)) return [];
      const column = data.errors[index]!;
      const range = errorRange(column);
      const best = range === undefined ? -1 : column.indexOf(range.low);
      return [
        [
          ...[dataset, column.filter((error) => error !== null).length],
          ...[percent(range?.low), percent(range?.median), percent(range?.high), data.architectures[best] ?? dash],
        ],
      ];
    });
  return section(
    'errors',
    'How errors differ between architectures',
    '<p>The empirical distribution of the errors on each dataset: the share of the architectures whose error is at most the value below. The steeper the curve, the less the choice of the architecture matters.</p>',
    marksKey(data),
    inScopes(data, (scope) =>
      [
        drawnSide(ofScope(distributions, scope)),
        htmlTable(['dataset', 'architectures', 'lowest error', 'median', 'highest', 'best architecture'], rows(scope)),
      ].join('\n'),
    ),
  );
}

import type { Figures } from '../figures/index.ts';
import { signed, signedInterval } from '../words/numbers.ts';
import { escape, htmlTable } from '../html.ts';
import type { PageData } from '../page-data.ts';
import { nameOf } from '../titles.ts';
import { drawn, inScopes, ofScope, section, type Section } from './section.ts';

/** What the size of the architectures alone tells of their errors; undefined where no size is known. */
export function sizeSection(data: PageData, { size }: Figures): Section | undefined {
  const { sizeBaselines, reference } = data;
  if (sizeBaselines.length === 0) return undefined;
  return section(
    'size',
    'What size alone tells',
    `<p>Ranking architectures by a measure of their size needs no training. Dots: how well that ranks them on each dataset (Spearman's ρ, positive where larger networks err less); rings: how well ${escape(reference)} does. What size tells, a proxy must beat.</p>`,
    inScopes(data, (scope) =>
      [
        ...ofScope(size, scope).map(drawn),
        htmlTable(
          ['dataset', 'measure', 'n', "Spearman's ρ with the error", '95 % interval'],
          sizeBaselines
            .filter(({ dataset }) => scope.has(dataset))
            .map((of) => [
              ...[of.dataset, nameOf(data, of.measure), of.n, signed(of.spearman), signedInterval(of.spearmanCi95)],
            ]),
        ),
      ].join('\n'),
    ),
  );
}

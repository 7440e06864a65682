import type { Figures } from '../figures/index.ts';
import { percent, percentInterval, points, pointsInterval } from '../words/numbers.ts';
import { details, escape, htmlTable } from '../html.ts';
import type { PageData } from '../page-data.ts';
import { sourceName } from '../titles.ts';
import { drawn, inScopes, ofScope, section, type Section } from './section.ts';

/** What is lost by choosing on the reference, and by choosing on everything else. */
export function choosingSection(data: PageData, { regret }: Figures): Section {
  const { targets, choices, reference } = data;
  return section(
    'choosing',
    `What choosing on ${reference} costs`,
    `<p>Regret: by how many percentage points the error on a target is above that of its best architecture where only the k best on ${escape(reference)} are tried. Precision: the share of these k that are among the k best on the target.</p>`,
    inScopes(data, (scope) =>
      [
        ...ofScope(regret, scope).map(drawn),
        htmlTable(
          ['target', 'k', 'regret (points)', '95 % interval', 'precision', '95 % interval'],
          targets
            .filter(({ target }) => scope.has(target))
            .flatMap(({ target, regret: all }) =>
              all.map((of) => [
                ...[target, of.k, points(of.regret), pointsInterval(of.regretCi95)],
                ...[percent(of.precision, 0), percentInterval(of.precisionCi95, 0)],
              ]),
            ),
        ),
      ].join('\n'),
    ),
    choices.length === 0
      ? ''
      : details(
          'The same by every other source',
          htmlTable(
            ['target', 'chosen by', 'k', 'n', 'regret (points)', '95 % interval', 'precision', '95 % interval'],
            choices.map((of) => [
              ...[of.target, sourceName(data, of.by), of.k, of.n, points(of.regret), pointsInterval(of.regretCi95)],
              ...[percent(of.precision, 0), percentInterval(of.precisionCi95, 0)],
            ]),
          ),
        ),
  );
}

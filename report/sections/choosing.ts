import type { Figures } from '../figures/index.ts';
import { percent, percentInterval } from '../format.ts';
import { details, escape, htmlTable } from '../html.ts';
import type { PageData } from '../page-data.ts';
import { drawn, section, type Section } from './section.ts';

/** What is lost by choosing on the reference, and by choosing on everything else. */
export function choosingSection({ targets, choices, reference }: PageData, { regret }: Figures): Section {
  const by = (kind: string, name: string) => (kind === 'size' ? `more ${name}` : name);
  return section(
    'choosing',
    `What choosing on ${reference} costs`,
    `<p>Regret: the error lost on a target by trying only the k best architectures on ${escape(reference)}, against the best of all. Precision: how many of these k are among the k best on the target.</p>`,
    ...regret.map(drawn),
    htmlTable(
      ['target', 'k', 'regret', '95 % interval', 'precision', '95 % interval'],
      targets.flatMap(({ target, regret: all }) =>
        all.map((of) => [
          ...[target, of.k, percent(of.regret), percentInterval(of.regretCi95)],
          ...[percent(of.precision, 0), percentInterval(of.precisionCi95, 0)],
        ]),
      ),
    ),
    choices.length === 0
      ? ''
      : details(
          'The same by every other source',
          htmlTable(
            ['target', 'chosen by', 'k', 'n', 'regret', '95 % interval', 'precision', '95 % interval'],
            choices.map((of) => [
              ...[
                of.target,
                by(of.by.kind, of.by.name),
                of.k,
                of.n,
                percent(of.regret),
                percentInterval(of.regretCi95),
              ],
              ...[percent(of.precision, 0), percentInterval(of.precisionCi95, 0)],
            ]),
          ),
        ),
  );
}

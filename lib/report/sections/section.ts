import { pageTheme } from '../charts/theme.ts';
import { firstView, type Figure } from '../figures/index.ts';
import { details, escape } from '../html.ts';
import type { PageData } from '../page-data.ts';
import { partsInWords, scopesOf, type Scope } from '../parts.ts';

/** A part of the page with a heading. */
export interface Section {
  /** Of its anchor. */
  id: string;
  title: string;
  /** HTML. */
  content: string;
}

/** A section of some HTML; parts that are empty are left out. */
export const section = (id: string, title: string, ...content: readonly string[]): Section => ({
  id,
  title,
  content: content.filter((part) => part !== '').join('\n'),
});

/** A figure, drawn; the page's script finds it by its id. */
export function drawn(figure: Figure): string {
  const chart = figure.draw(pageTheme, firstView);
  return `<figure id="figure-${figure.id}" data-figure="${figure.id}"${chart.places === undefined ? '' : ' class=linked'}><div class="scroll drawing" role="img" aria-label="${escape(figure.alternative)}">${chart.svg}</div></figure>`;
}

export const drawnSide = (figures: readonly Figure[]): string =>
  figures.length === 0 ? '' : `<div class=grid>${figures.map(drawn).join('\n')}</div>`;

/** HTML of the datasets that stand for themselves and, folded below it, the same of the parts of the reference. */
export const inScopes = (data: PageData, content: (scope: Scope) => string): string =>
  scopesOf(data)
    .map((scope) => ({ scope, html: content(scope) }))
    .filter(({ html }) => html !== '')
    .map(({ scope, html }) => (scope.isOfParts ? details(`The same for the ${partsInWords(data)}`, html) : html))
    .join('\n');

/** The figures that belong to a scope. */
export const ofScope = (figures: readonly Figure[], { isOfParts }: Scope): Figure[] =>
  figures.filter((figure) => (figure.isOfParts ?? false) === isOfParts);

/** How marks of architectures are told apart. */
export const marksKey = ({
  best,
  worst,
  reference,
}: {
  best: readonly number[];
  worst: readonly number[];
  reference: string;
}): string =>
  best.length === 0
    ? ''
    : `<p class=key><span class=best>● ${best.length === 1 ? 'the best' : `the ${best.length} best`}</span> and <span class=worst>▲ ${worst.length === 1 ? 'the worst' : `the ${worst.length} worst`}</span> on ${escape(reference)}; all others are grey.</p>`;

import { pageTheme } from '../charts/theme.ts';
import { firstView, type Figure } from '../figures/index.ts';
import { escape } from '../html.ts';

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
    : `<p class=key><span class=best>● the ${best.length} best</span> and <span class=worst>▲ the ${worst.length} worst</span> on ${escape(reference)}; all others grey.</p>`;

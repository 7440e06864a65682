import { pageTheme } from '../charts/theme.ts';
import { html, joined, nothing, type Markup } from '../markup.ts';
import { initialDisplay, type Figure } from './figure.ts';

/** Returns a figure for the page, whose script finds it by its id. */
export function drawn(figure: Figure): Markup {
  const part = figure.isOfParts === true ? ' part' : '';
  if (figure.asTable !== undefined)
    return html`<figure id="figure-${figure.id}" data-figure="${figure.id}" class="table${part}">
      ${figure.asTable()}
    </figure>`;
  const wide = figure.draw(pageTheme, initialDisplay, 'wide');
  const isLinked = wide.places !== undefined || wide.traces !== undefined;
  const drawing = (form: string, svg: Markup) =>
    html`<div class="drawing ${form}" role="img" aria-label="${figure.alternative}">${svg}</div>`;
  return html`<figure
    id="figure-${figure.id}"
    data-figure="${figure.id}"
    class="${isLinked ? 'linked' : 'still'}${part}"
  >
    ${
      figure.hasNarrow === true
        ? [drawing('for-wide', wide.svg), drawing('for-narrow', figure.draw(pageTheme, initialDisplay, 'narrow').svg)]
        : drawing('', wide.svg)
    }
  </figure>`;
}

/** Returns small figures side by side, four per row if there is room. */
export const drawnSide = (figures: readonly Figure[]): Markup =>
  figures.length === 0 ? nothing : html`<div class="multiples">${joined(figures.map(drawn))}</div>`;

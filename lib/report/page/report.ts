import { errorScales, type ErrorScale } from '../charts/scales.ts';
import { figuresOf, firstView, type View } from '../figures/index.ts';
import { firstParameter } from '../figures/structure.ts';
import type { PageData } from '../page-data.ts';
import { architecturePanel } from './architecture-panel.ts';
import { button, choice, create } from './elements.ts';
import { figureTools } from './figure-tools.ts';
import { LinkedFigure } from './linked-figure.ts';
import { runsTable } from './runs-table.ts';
import { Selection } from './selection.ts';

/** The script of a report: links its figures and tables, which are there without it. */
const data = JSON.parse(document.getElementById('data')!.textContent) as PageData;
const selection = new Selection();
let view: View = firstView;
const redrawn: LinkedFigure[] = [];

for (const figure of Object.values(figuresOf(data)).flat()) {
  const element = document.getElementById(`figure-${figure.id}`);
  if (element === null) continue;
  element.append(figureTools(figure, () => view));
  if (figure.isInteractive === true) {
    const holder = element.querySelector<HTMLElement>('.drawing')!;
    // What can be worked with is no picture.
    holder.removeAttribute('role');
    holder.removeAttribute('aria-label');
    redrawn.push(new LinkedFigure(holder, figure, view, selection));
  }
}

function choose(change: Partial<View>): void {
  view = { ...view, ...change };
  for (const figure of redrawn) figure.redraw(view);
}

const search = create('input', { type: 'search', placeholder: 'e.g. arch-017' });
search.addEventListener('change', () => {
  const words = search.value.split(/[\s,]+/).filter((word) => word !== '');
  selection.select(
    data.architectures.flatMap((name, index) =>
      words.some((word) => name === word || name.includes(word)) ? [index] : [],
    ),
  );
});
document.getElementById('controls')!.append(
  create(
    'p',
    { className: 'controls' },
    choice(
      'Errors on a scale that is',
      errorScales.map((scale) => [scale, scale]),
      (scale) => choose({ scale: scale as ErrorScale }),
    ),
    ' ',
    create('label', {}, 'Select architectures ', search),
    ' ',
    button('the best', () => selection.select(data.best)),
    ' ',
    button('the worst', () => selection.select(data.worst)),
    ' ',
    button('none', () => selection.select([])),
  ),
  create(
    'p',
    { className: 'controls lead' },
    'Point at an architecture to see it; click it, or drag over several, to mark them in every chart and table (Shift adds).',
  ),
);

const parameterChoice = document.getElementById('parameter-choice');
if (parameterChoice !== null) {
  const chooser = choice(
    'Parameter',
    data.parameters.map(({ key, title }) => [key, title]),
    (parameter) => choose({ parameter }),
  );
  chooser.querySelector('select')!.value = firstParameter(data)!.key;
  parameterChoice.append(create('p', { className: 'controls' }, chooser));
}

const runs = document.getElementById('all-runs');
if (runs !== null) runsTable(runs, data.architectures, selection);
document.body.append(architecturePanel(data, selection));
document.addEventListener('keydown', ({ key }) => {
  if (key !== 'Escape') return;
  selection.point(undefined);
  selection.select([]);
});

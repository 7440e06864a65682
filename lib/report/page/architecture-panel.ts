import { stagesChart, type Stage } from '../charts/stages.ts';
import { pageTheme } from '../charts/theme.ts';
import { counted, percent } from '../words/numbers.ts';
import type { PageData } from '../page-data.ts';
import { button, create } from './elements.ts';
import type { Selection } from './selection.ts';

/** What a bar at the end of the window says of the architecture that is pointed at, and of those that are selected. */
export function architecturePanel(data: PageData, selection: Selection): HTMLElement {
  const name = create('strong');
  const drawing = create('div', { className: 'stages' });
  const errors = create('div', { className: 'errors' });
  const selected = create('span', { className: 'selected' });
  selected.setAttribute('role', 'status');
  const none = button('select none', () => selection.select([]));
  const panel = create(
    'aside',
    { className: 'panel' },
    create('div', {}, name, ' ', selected, ' ', none),
    drawing,
    errors,
  );
  panel.setAttribute('aria-label', 'Architecture');
  const show = () => {
    const index = selection.pointed ?? selection.indices.at(-1);
    const count = selection.indices.length;
    panel.hidden = index === undefined;
    none.hidden = count === 0;
    selected.textContent = count === 0 ? '' : `${counted(count, 'architecture')} selected`;
    if (index === undefined) return;
    name.textContent = data.architectures[index]!;
    const stages = stagesOf(data, index);
    drawing.innerHTML = stages.length === 0 ? '' : stagesChart(stages, pageTheme).svg;
    errors.textContent = data.datasets
      .map(({ dataset }, column) => `${dataset} ${percent(data.errors[column]![index])}`)
      .join(' · ');
  };
  selection.onPointed(show);
  selection.onSelected(show);
  show();
  return panel;
}

/** The stages of an architecture, as far as the results table has their parameters. */
function stagesOf({ parameters }: PageData, index: number): Stage[] {
  const value = (key: string) => parameters.find((parameter) => parameter.key === key)?.values[0]?.[index] ?? null;
  const stages: Stage[] = [];
  for (let stage = 1; ; stage++) {
    const [depth, width] = [value(`d${stage}`), value(`w${stage}`)];
    if (depth === null || width === null) return stages;
    stages.push({ depth, width, bottleneckRatio: value(`b${stage}`), groupWidth: value(`g${stage}`) });
  }
}

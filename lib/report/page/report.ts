import { errorScales, type ErrorScale } from '../charts/scales.ts';
import type { PageData } from '../page-data.ts';
import { judgedTargets } from '../targets.ts';
import { initialDisplay, type Display } from '../topics/figure.ts';
import { figuresOf } from '../topics/index.ts';
import { firstParameter } from '../topics/structure.ts';
import { counted } from '../words/numbers.ts';
import { button, choice, create } from './elements.ts';
import { saveMenu } from './figure-tools.ts';
import { LinkedFigure } from './linked-figure.ts';
import { networksTable } from './networks-table.ts';
import { Selection } from './selection.ts';
import { Tooltip } from './tooltip.ts';

/** The script of a report: links its figures and tables, which exist without it, too. */
const data = JSON.parse(document.getElementById('data')!.textContent) as PageData;
const selection = new Selection();
const tooltip = new Tooltip(data);
document.body.append(tooltip.element);
let display: Display = initialDisplay;
document.documentElement.classList.add('scripted');
const linked: LinkedFigure[] = [];

for (const figure of figuresOf(data)) {
  const element = document.getElementById(`figure-${figure.id}`);
  if (element === null) continue;
  element.append(saveMenu(figure, () => display));
  if (!element.classList.contains('linked')) continue;
  for (const holder of element.querySelectorAll<HTMLElement>('.drawing')) {
    // An interactive figure is not an image.
    holder.removeAttribute('role');
    holder.removeAttribute('aria-label');
    const form = holder.classList.contains('for-narrow') ? 'narrow' : 'wide';
    linked.push(new LinkedFigure(holder, figure, form, () => display, selection, tooltip));
  }
}

function choose(change: Partial<Display>): void {
  performance.mark('choose');
  display = { ...display, ...change };
  for (const figure of linked) figure.change();
  performance.measure('chosen', 'choose');
}

const search = create('input', { type: 'search', placeholder: `e.g. ${data.architectures[0] ?? ''}` });
search.addEventListener('change', () => {
  const words = search.value.split(/[\s,]+/).filter((word) => word !== '');
  selection.select(
    data.architectures.flatMap((name, index) =>
      words.some((word) => name === word || name.includes(word)) ? [index] : [],
    ),
  );
});
const count = create('div', { className: 'count' });
count.setAttribute('role', 'status');
selection.onSelected(() => {
  const { length } = selection.indices;
  count.textContent = length === 0 ? '' : `${counted(length, 'network')} selected`;
});
document.getElementById('controls')!.append(
  choice(
    'Scale of errors',
    errorScales.map((scale) => [scale, scale]),
    (scale) => choose({ scale: scale as ErrorScale }),
  ),
  create('label', {}, 'Select networks ', search),
  create(
    'div',
    { className: 'row' },
    button('the best', () => selection.select(data.best)),
    button('the worst', () => selection.select(data.worst)),
    button('none', () => selection.select([])),
  ),
  count,
);

const parameterChoice = document.getElementById('parameter-choice');
if (parameterChoice !== null) {
  const chooser = choice(
    'Property',
    data.parameters.map(({ key, title }) => [key, title]),
    (parameter) => choose({ parameter }),
  );
  chooser.querySelector('select')!.value = firstParameter(data)!.key;
  parameterChoice.append(chooser);
}
const targetChoice = document.getElementById('target-choice');
const targets = judgedTargets(data);
if (targetChoice !== null && targets.length > 1)
  targetChoice.append(
    choice(
      'To the ranking on',
      targets.map(({ dataset, title }) => [dataset, title]),
      (target) => choose({ target }),
    ),
  );

const networks = document.getElementById('all-networks');
networks?.addEventListener('toggle', () => networksTable(networks, data, selection), { once: true });
addEventListener('beforeprint', () => linked.forEach((figure) => figure.update()));

document.addEventListener('keydown', ({ key }) => {
  if (key !== 'Escape') return;
  selection.point(undefined);
  tooltip.hide();
  selection.select([]);
});

const contents = document.querySelector('nav')!;
/** Marks the entry of the contents whose part of the page is in view. */
const links = new Map(
  Array.from(document.querySelectorAll<HTMLAnchorElement>('nav a'), (link) => [link.hash.slice(1), link]),
);
const headingOf = (id: string) => (id === 'top' ? document.querySelector('h1') : document.getElementById(id));
const observer = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      for (const [id, link] of links)
        if (headingOf(id) === target) {
          link.setAttribute('aria-current', 'true');
          // On a small screen the contents are a single line that scrolls.
          contents.scrollTo({ left: link.offsetLeft - contents.offsetLeft - 16 });
        } else link.removeAttribute('aria-current');
    }
  },
  { rootMargin: '0px 0px -75% 0px' },
);
for (const id of links.keys()) {
  const heading = headingOf(id);
  if (heading !== null) observer.observe(heading);
}

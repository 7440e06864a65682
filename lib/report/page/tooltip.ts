import { stagesChart } from '../charts/stages.ts';
import { pageTheme } from '../charts/theme.ts';
import type { PageData } from '../page-data.ts';
import { stagesOf } from '../topics/structure.ts';
import { percent } from '../words/numbers.ts';
import { create } from './elements.ts';

/** Largest number of datasets listed; the table of all networks has the others. */
const mostListed = 10;

/** Shows facts about the network pointed at, beside the pointer: its errors, ranks and stages. */
export class Tooltip {
  readonly element: HTMLElement;
  readonly #data: PageData;
  readonly #ranks: (number | null)[][];
  readonly #largest: number;
  #shown: number | undefined;

  constructor(data: PageData) {
    this.#data = data;
    this.element = create('div', { className: 'tip', hidden: true });
    this.element.setAttribute('role', 'status');
    this.#ranks = data.errors.map((column) => {
      const order = [...column.keys()].filter((row) => column[row] !== null).sort((a, b) => column[a]! - column[b]!);
      const ranks = column.map((): number | null => null);
      order.forEach((row, index) => (ranks[row] = index + 1));
      return ranks;
    });
    this.#largest = Math.max(
      1,
      ...data.architectures.flatMap((_, index) => stagesOf(data, index).map(({ width }) => width)),
    );
  }

  show(index: number, x: number, y: number): void {
    if (this.#shown !== index) this.#fill(index);
    this.#shown = index;
    this.element.hidden = false;
    const { offsetWidth, offsetHeight } = this.element;
    const left = x + 18 + offsetWidth > innerWidth ? Math.max(4, x - 18 - offsetWidth) : x + 18;
    const top = Math.max(4, Math.min(y + 14, innerHeight - offsetHeight - 4));
    Object.assign(this.element.style, { left: `${left}px`, top: `${top}px` });
  }

  hide(): void {
    this.#shown = undefined;
    this.element.hidden = true;
  }

  #fill(index: number): void {
    const { architectures, datasets, titles, errors } = this.#data;
    const stages = stagesOf(this.#data, index);
    const drawing = create('div');
    if (stages.length > 0)
      drawing.innerHTML = stagesChart(stages, this.#largest, pageTheme.neutral, pageTheme, 170).svg.text;
    const rows = datasets
      .slice(0, mostListed)
      .map((_, column) =>
        create(
          'tr',
          {},
          create('td', {}, titles[column]!.short),
          create('td', {}, percent(errors[column]![index])),
          create('td', {}, this.#ranks[column]![index] == null ? '' : `rank ${this.#ranks[column]![index]}`),
        ),
      );
    this.element.replaceChildren(
      create('b', {}, architectures[index]!),
      drawing,
      ...stages.map(({ depth, width, bottleneckRatio, groupWidth }, stage) =>
        create(
          'div',
          {},
          [
            `stage ${stage + 1}: ${depth} × ${width} channels`,
            ...(bottleneckRatio === null ? [] : [`ratio ${bottleneckRatio}`]),
            ...(groupWidth === null ? [] : [`groups of ${groupWidth}`]),
          ].join(', '),
        ),
      ),
      create('table', {}, create('tbody', {}, ...rows)),
    );
  }
}

import type { PageData } from '../page-data.ts';
import { counted, grouped, percent } from '../words/numbers.ts';
import { button, create } from './elements.ts';
import type { Selection } from './selection.ts';

const rowsAPage = 50;

interface Row {
  element: HTMLTableRowElement;
  cells: string[];
  /** Index of its architecture. */
  architecture: number;
}

/** Makes the table of all networks sortable, filterable and paged, with rows that unfold to the single trainings. */
export function networksTable(holder: HTMLElement, data: PageData, selection: Selection): void {
  const table = holder.querySelector('table')!;
  const body = table.tBodies[0]!;
  const rows: Row[] = Array.from(body.rows, (element, architecture) => ({
    element,
    cells: Array.from(element.cells, (cell) => cell.textContent.trim()),
    architecture,
  }));
  const opened = new Set<number>();
  let [sorted, direction, page, filter, onlySelected] = [-1, 1, 0, '', false];
  let shown = rows;

  const count = create('span', {}, '');
  count.setAttribute('role', 'status');
  const search = create('input', { type: 'search', placeholder: `e.g. ${data.architectures[0] ?? ''}` });
  const chosen = create('input', { type: 'checkbox' });
  const [back, forth] = [button('‹ back', () => turn(-1)), button('next ›', () => turn(1))];
  holder.insertBefore(
    create(
      'div',
      { className: 'table-controls' },
      create('label', {}, 'Find ', search),
      create('label', {}, chosen, ' selected networks only'),
      ...[back, forth, count],
    ),
    holder.querySelector('.scroll'),
  );

  const turn = (by: number) => {
    page += by;
    draw();
  };
  /** Shows in the first cell of a row whether its network is selected, as a button, so that the keyboard can select it, too. */
  const mark = ({ element, architecture, cells }: Row) => {
    const isSelected = selection.has(architecture);
    element.className = isSelected ? 'chosen' : '';
    const cell = element.cells[0]!;
    if (cell.firstElementChild === null) {
      const opener = button('＋', () => {
        if (!opened.delete(architecture)) opened.add(architecture);
        draw();
        opener.focus();
      });
      opener.title = 'single trainings';
      opener.setAttribute('aria-label', `single trainings of ${cells[0]!}`);
      cell.replaceChildren(
        opener,
        ' ',
        button(cells[0]!, () => selection.toggle(architecture)),
      );
    }
    cell.firstElementChild!.textContent = opened.has(architecture) ? '−' : '+';
    cell.firstElementChild!.setAttribute('aria-expanded', String(opened.has(architecture)));
    cell.lastElementChild!.setAttribute('aria-pressed', String(isSelected));
  };
  const find = () => {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    shown = rows.filter(
      ({ cells, architecture }) =>
        (!onlySelected || selection.has(architecture)) && words.every((word) => cells[0]!.toLowerCase().includes(word)),
    );
    if (sorted >= 0) shown.sort((a, b) => direction * compared(a.cells[sorted]!, b.cells[sorted]!));
    page = 0;
    draw();
  };
  const rowsOfPage = () => shown.slice(page * rowsAPage, (page + 1) * rowsAPage);
  const draw = () => {
    const part = rowsOfPage();
    part.forEach(mark);
    body.replaceChildren(
      ...part.flatMap(({ element, architecture }) =>
        opened.has(architecture) ? [element, trainingsRow(data, architecture, element.cells.length)] : [element],
      ),
    );
    back.disabled = page === 0;
    forth.disabled = (page + 1) * rowsAPage >= shown.length;
    count.textContent =
      shown.length === 0
        ? 'no network'
        : `${page * rowsAPage + 1} to ${page * rowsAPage + part.length} of ${counted(shown.length, 'network')}`;
  };

  search.addEventListener('input', () => {
    filter = search.value;
    find();
  });
  chosen.addEventListener('change', () => {
    onlySelected = chosen.checked;
    find();
  });
  Array.from(table.tHead!.rows[0]!.cells).forEach((cell, column) => {
    const text = cell.textContent.trim();
    cell.replaceChildren(
      button(text, () => {
        [sorted, direction] = [column, sorted === column ? -direction : 1];
        for (const other of table.tHead!.rows[0]!.cells) other.removeAttribute('aria-sort');
        cell.setAttribute('aria-sort', direction > 0 ? 'ascending' : 'descending');
        find();
      }),
    );
  });
  selection.onSelected(() => (onlySelected ? find() : rowsOfPage().forEach(mark)));
  draw();
}

/** Creates the row of a network's single trainings from the compact data of the page. */
function trainingsRow({ trainings, titles }: PageData, architecture: number, columns: number): HTMLTableRowElement {
  const lines = trainings.flatMap((seeds, dataset) =>
    seeds.map(({ seed, errors, validationErrors, seconds, failures }) => {
      const error = errors[architecture];
      const [validation, time] = [validationErrors?.[architecture], seconds?.[architecture]];
      const words = [
        error == null ? (failures[architecture] ?? 'no training') : percent(error),
        ...(validation == null ? [] : [`validation ${percent(validation)}`]),
        ...(time == null ? [] : [`${grouped(time, 1)} s`]),
      ];
      return create('div', {}, `${titles[dataset]!.title}, seed ${seed}: ${words.join(', ')}`);
    }),
  );
  return create('tr', { className: 'trainings' }, create('td', { colSpan: columns }, ...lines));
}

/** Compares cells: numbers by size, then texts alphabetically. */
function compared(a: string, b: string): number {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (Number.isNaN(x) && Number.isNaN(y)) return a < b ? -1 : a > b ? 1 : 0;
  return Number.isNaN(x) ? 1 : Number.isNaN(y) ? -1 : x - y;
}

const numberOf = (text: string) => (/^[\d.]+$/.test(text) ? Number(text) : NaN);

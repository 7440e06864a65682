import { counted } from '../words/numbers.ts';
import { button, create } from './elements.ts';
import type { Selection } from './selection.ts';

const rowsAPage = 50;

interface Row {
  element: HTMLTableRowElement;
  cells: string[];
  /** Index of its architecture. */
  architecture: number;
}

/** Makes the table of all runs one that is sorted, filtered and paged; its rows are those that the page came with. */
export function runsTable(holder: HTMLElement, architectures: readonly string[], selection: Selection): void {
  const table = holder.querySelector('table')!;
  const body = table.tBodies[0]!;
  const place = new Map(architectures.map((name, index) => [name, index]));
  const rows: Row[] = Array.from(body.rows, (element) => {
    const cells = Array.from(element.cells, (cell) => cell.textContent);
    return { element, cells, architecture: place.get(cells[0]!) ?? -1 };
  });
  let [sorted, direction, page, filter, onlySelected] = [-1, 1, 0, '', false];
  let shown = rows;

  const count = create('span', {}, '');
  count.setAttribute('role', 'status');
  const search = create('input', { type: 'search', placeholder: 'architecture, dataset, outcome …' });
  const chosen = create('input', { type: 'checkbox' });
  const [back, forth] = [button('‹ before', () => turn(-1)), button('next ›', () => turn(1))];
  const controls = create(
    'p',
    { className: 'controls' },
    create('label', {}, 'Filter ', search),
    ' ',
    create('label', {}, chosen, ' selected architectures only'),
    ' ',
    back,
    ' ',
    forth,
    ' ',
    count,
  );
  holder.insertBefore(controls, holder.querySelector('.scroll'));

  const turn = (by: number) => {
    page += by;
    draw();
  };
  const toggle = ({ architecture }: Row) => {
    selection.point(architecture);
    selection.toggle(architecture);
  };
  /** Shows whether its architecture is selected, in its first cell: a button, so that the keyboard can select it, too. */
  const mark = (row: Row) => {
    const isSelected = selection.has(row.architecture);
    row.element.className = isSelected ? 'chosen' : '';
    if (row.architecture < 0) return;
    const cell = row.element.cells[0]!;
    if (cell.firstElementChild === null) cell.replaceChildren(button(row.cells[0]!, () => toggle(row)));
    cell.firstElementChild!.setAttribute('aria-pressed', String(isSelected));
  };
  const find = () => {
    const words = filter
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    shown = rows.filter(
      ({ cells, architecture }) =>
        (!onlySelected || selection.has(architecture)) &&
        words.every((word) => cells.some((cell) => cell.toLowerCase().includes(word))),
    );
    if (sorted >= 0) shown.sort((a, b) => direction * compared(a.cells[sorted]!, b.cells[sorted]!));
    page = 0;
    draw();
  };
  const rowsOfPage = () => shown.slice(page * rowsAPage, (page + 1) * rowsAPage);
  const draw = () => {
    const part = rowsOfPage();
    part.forEach(mark);
    body.replaceChildren(...part.map(({ element }) => element));
    back.disabled = page === 0;
    forth.disabled = (page + 1) * rowsAPage >= shown.length;
    count.textContent =
      shown.length === 0
        ? 'no run'
        : `${page * rowsAPage + 1} to ${page * rowsAPage + part.length} of ${counted(shown.length, 'run')}`;
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
    const text = cell.textContent;
    cell.replaceChildren(
      button(text, () => {
        [sorted, direction] = [column, sorted === column ? -direction : 1];
        for (const other of table.tHead!.rows[0]!.cells) other.removeAttribute('aria-sort');
        cell.setAttribute('aria-sort', direction > 0 ? 'ascending' : 'descending');
        find();
      }),
    );
  });
  body.addEventListener('click', (event) => {
    const target = event.target as Element;
    const row = rows.find(({ element }) => element.contains(target));
    if (row !== undefined && row.architecture >= 0 && target.closest('button') === null) toggle(row);
  });
  selection.onSelected(() => (onlySelected ? find() : rowsOfPage().forEach(mark)));
  draw();
}

/** Numbers by their size, also those with a unit; what is no number after them, by its letters. */
function compared(a: string, b: string): number {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (Number.isNaN(x) && Number.isNaN(y)) return a < b ? -1 : a > b ? 1 : 0;
  return Number.isNaN(x) ? 1 : Number.isNaN(y) ? -1 : x - y;
}

const numberOf = (text: string) => (/^[\d.,]+( %)?$/.test(text) ? Number(text.replace(/,| %/g, '')) : NaN);

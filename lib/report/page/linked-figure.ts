import type { Chart, Place } from '../charts/chart.ts';
import { dots, tenth } from '../charts/svg.ts';
import { pageTheme } from '../charts/theme.ts';
import type { Figure, View } from '../figures/figure.ts';
import type { Selection } from './selection.ts';

/** Pixels within which a point is meant. */
const reach = 14;
/** Pixels that a pointer moves before it draws a rectangle. */
const drag = 4;

/** A chart of architectures on the page: points and drags select them here and everywhere, and the keyboard does, too. */
export class LinkedFigure {
  readonly #holder: HTMLElement;
  readonly #figure: Figure;
  readonly #selection: Selection;
  #chart: Chart;
  #svg!: SVGSVGElement;
  #marks!: SVGGElement;
  #start: Place | undefined;
  #end: Place | undefined;

  constructor(holder: HTMLElement, figure: Figure, view: View, selection: Selection) {
    this.#holder = holder;
    this.#figure = figure;
    this.#selection = selection;
    this.#chart = figure.draw(pageTheme, view);
    this.#attach();
    selection.onSelected(() => this.#drawMarks());
    selection.onPointed(() => this.#drawMarks());
  }

  /** Draws it again for what the reader chose. */
  redraw(view: View): void {
    this.#chart = this.#figure.draw(pageTheme, view);
    this.#holder.innerHTML = this.#chart.svg;
    this.#attach();
    this.#drawMarks();
  }

  #attach(): void {
    this.#svg = this.#holder.querySelector('svg')!;
    this.#marks = this.#svg.querySelector('.marks')!;
    const svg = this.#svg;
    svg.setAttribute('tabindex', '0');
    svg.setAttribute('role', 'application');
    svg.setAttribute(
      'aria-label',
      `${this.#figure.alternative}. Left and right go from point to point, Enter selects, Escape selects none.`,
    );
    svg.addEventListener('pointerdown', (event) => this.#down(event));
    svg.addEventListener('pointermove', (event) => this.#move(event));
    svg.addEventListener('pointerup', (event) => this.#up(event));
    svg.addEventListener('pointercancel', () => this.#cancel());
    svg.addEventListener('pointerleave', () => this.#selection.point(undefined));
    svg.addEventListener('keydown', (event) => this.#key(event));
  }

  get #places(): readonly (Place | null)[] {
    return this.#chart.places ?? [];
  }

  #at({ clientX, clientY }: PointerEvent): Place {
    const box = this.#svg.getBoundingClientRect();
    const scale = this.#chart.width / box.width;
    return [(clientX - box.left) * scale, (clientY - box.top) * scale];
  }

  #nearest([x, y]: Place): number | undefined {
    let [nearest, least]: [number | undefined, number] = [undefined, reach];
    this.#places.forEach((place, index) => {
      const distance = place === null ? Infinity : Math.hypot(place[0] - x, place[1] - y);
      if (distance < least) [nearest, least] = [index, distance];
    });
    return nearest;
  }

  #down(event: PointerEvent): void {
    // A finger that moves scrolls the page.
    if (event.pointerType === 'touch' || event.button !== 0) return;
    this.#start = this.#at(event);
    this.#svg.setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    const at = this.#at(event);
    if (this.#start === undefined) return this.#selection.point(this.#nearest(at));
    if (Math.hypot(at[0] - this.#start[0], at[1] - this.#start[1]) < drag) return;
    this.#end = at;
    this.#drawMarks();
  }

  #up(event: PointerEvent): void {
    const [start, end] = [this.#start, this.#end];
    this.#cancel();
    if (start !== undefined && end !== undefined) {
      const [left, right] = [start[0], end[0]].sort((a, b) => a - b) as [number, number];
      const [top, bottom] = [start[1], end[1]].sort((a, b) => a - b) as [number, number];
      const inside = this.#places.flatMap((place, index) =>
        place !== null && place[0] >= left && place[0] <= right && place[1] >= top && place[1] <= bottom ? [index] : [],
      );
      this.#selection.select(inside, event.shiftKey);
      return;
    }
    const meant = this.#nearest(this.#at(event));
    if (meant !== undefined) {
      this.#selection.point(meant);
      this.#selection.toggle(meant);
    } else if (!event.shiftKey) this.#selection.select([]);
  }

  #cancel(): void {
    this.#start = this.#end = undefined;
    this.#drawMarks();
  }

  #key(event: KeyboardEvent): void {
    const { pointed } = this.#selection;
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      const order = this.#places
        .flatMap((place, index) => (place === null ? [] : [{ index, x: place[0] }]))
        .sort((a, b) => a.x - b.x)
        .map(({ index }) => index);
      const now = pointed === undefined ? -1 : order.indexOf(pointed);
      const step = event.key === 'ArrowRight' ? 1 : -1;
      this.#selection.point(order[(now + step + order.length) % order.length]);
    } else if ((event.key === 'Enter' || event.key === ' ') && pointed !== undefined) this.#selection.toggle(pointed);
    else return;
    event.preventDefault();
  }

  /** What is selected as one path, whatever its number; a ring around what is pointed at; the rectangle that is being drawn. */
  #drawMarks(): void {
    const places = this.#places;
    const selected = this.#selection.indices.flatMap((index) => (places[index] ? [places[index]] : []));
    const { pointed } = this.#selection;
    const ring = pointed === undefined ? null : places[pointed];
    const [start, end] = [this.#start, this.#end];
    this.#marks.innerHTML = [
      selected.length === 0
        ? ''
        : `<path d="${dots(selected)}" stroke="${pageTheme.paper}" stroke-width="10" stroke-linecap="round" fill="none"/><path class="chosen" d="${dots(selected)}" stroke="${pageTheme.selected}" stroke-width="7" stroke-linecap="round" fill="none"/>`,
      ring
        ? `<circle cx="${tenth(ring[0])}" cy="${tenth(ring[1])}" r="7" fill="none" stroke="${pageTheme.ink}" stroke-width="2"/>`
        : '',
      start && end
        ? `<rect x="${Math.min(start[0], end[0])}" y="${Math.min(start[1], end[1])}" width="${Math.abs(end[0] - start[0])}" height="${Math.abs(end[1] - start[1])}" fill="${pageTheme.selected}" fill-opacity="0.12" stroke="${pageTheme.selected}"/>`
        : '',
    ].join('');
  }
}

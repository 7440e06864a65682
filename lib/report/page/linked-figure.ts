import type { Chart, Form, Place, Trace } from '../charts/chart.ts';
import { dots, tenth } from '../charts/svg.ts';
import { pageTheme } from '../charts/theme.ts';
import type { Display, Figure } from '../topics/figure.ts';
import type { Selection } from './selection.ts';
import type { Tooltip } from './tooltip.ts';

/** Distance in pixels within which a pointer is at an architecture. */
const reach = 14;
/** Distance in pixels that a pointer must move to draw a rectangle. */
const drag = 4;

/** Margin around the window within which charts are kept up to date. */
const margin = '300px';

/**
 * A chart of architectures on the page: clicks, drags and the keyboard select them in all charts at once. A chart out of sight is updated
 * when it comes into sight.
 */
export class LinkedFigure {
  readonly #holder: HTMLElement;
  readonly #figure: Figure;
  readonly #form: Form;
  readonly #display: () => Display;
  readonly #selection: Selection;
  readonly #tooltip: Tooltip;
  /** Undefined until it has been in sight. */
  #chart: Chart | undefined;
  #svg: SVGSVGElement;
  #marks!: SVGGElement;
  #start: Place | undefined;
  #end: Place | undefined;
  #isInSight = false;
  /** Whether the drawing, and whether what is marked in it, are out of date. */
  #isOutdated = false;
  #isUnmarked = false;

  constructor(
    holder: HTMLElement,
    figure: Figure,
    form: Form,
    display: () => Display,
    selection: Selection,
    tooltip: Tooltip,
  ) {
    this.#holder = holder;
    this.#figure = figure;
    this.#form = form;
    this.#display = display;
    this.#selection = selection;
    this.#tooltip = tooltip;
    this.#svg = this.#attach();
    selection.onSelected(() => this.#unmark());
    selection.onPointed(() => this.#unmark());
    new IntersectionObserver(
      ([entry]) => {
        this.#isInSight = entry!.isIntersecting;
        if (!this.#isInSight) return;
        this.update();
        // The places of its networks are computed before the reader selects any. (Not every browser has requestIdleCallback.)
        setTimeout(() => this.#drawn, 100);
      },
      { rootMargin: margin },
    ).observe(holder);
  }

  /** Redraws it after the reader made another choice. */
  change(): void {
    if (this.#figure.isInteractive !== true) return;
    this.#isOutdated = true;
    if (this.#isInSight) this.update();
  }

  /** Brings the drawing and its marks up to date. */
  update(): void {
    if (this.#isOutdated) {
      this.#chart = this.#figure.draw(pageTheme, this.#display(), this.#form);
      this.#holder.innerHTML = this.#chart.svg.text;
      this.#svg = this.#attach();
      this.#isUnmarked = true;
    }
    if (this.#isUnmarked) this.#drawMarks();
    this.#isOutdated = this.#isUnmarked = false;
  }

  #unmark(): void {
    this.#isUnmarked = true;
    if (this.#isInSight) this.update();
  }

  get #drawn(): Chart {
    this.#chart ??= this.#figure.draw(pageTheme, this.#display(), this.#form);
    return this.#chart;
  }

  #attach(): SVGSVGElement {
    const svg = this.#holder.querySelector('svg')!;
    this.#marks = svg.querySelector('.marks')!;
    svg.setAttribute('tabindex', '0');
    svg.setAttribute('role', 'application');
    svg.setAttribute(
      'aria-label',
      `${this.#figure.alternative}. Left and right go from network to network, Enter selects, Escape selects none.`,
    );
    svg.addEventListener('pointerdown', (event) => this.#down(event));
    svg.addEventListener('pointermove', (event) => this.#move(event));
    svg.addEventListener('pointerup', (event) => this.#up(event));
    svg.addEventListener('pointercancel', () => this.#cancel());
    svg.addEventListener('pointerleave', () => this.#point(undefined));
    svg.addEventListener('keydown', (event) => this.#key(event));
    svg.addEventListener('blur', () => this.#point(undefined));
    return svg;
  }

  /** Returns the place of an architecture, or the points of its line. */
  #placesOf(index: number): readonly Place[] {
    const place = this.#drawn.places?.[index];
    return place ? [place] : (this.#drawn.traces?.[index]?.points ?? []);
  }

  get #count(): number {
    return (this.#drawn.places ?? this.#drawn.traces ?? []).length;
  }

  #at({ clientX, clientY }: PointerEvent): Place {
    const box = this.#svg.getBoundingClientRect();
    const scale = this.#drawn.width / box.width;
    return [(clientX - box.left) * scale, (clientY - box.top) * scale];
  }

  #nearest(at: Place): number | undefined {
    let [nearest, least]: [number | undefined, number] = [undefined, reach];
    for (let index = 0; index < this.#count; index++) {
      const distance = distanceTo(at, this.#placesOf(index), this.#drawn.traces?.[index] ?? undefined);
      if (distance < least) [nearest, least] = [index, distance];
    }
    return nearest;
  }

  /** Points at an architecture and shows its facts beside it. */
  #point(index: number | undefined, event?: PointerEvent): void {
    this.#selection.point(index);
    if (index === undefined) return this.#tooltip.hide();
    if (event !== undefined) return this.#tooltip.show(index, event.clientX, event.clientY);
    const box = this.#svg.getBoundingClientRect();
    const [x, y] = this.#placesOf(index)[0] ?? [0, 0];
    const scale = box.width / this.#drawn.width;
    this.#tooltip.show(index, box.left + x * scale, box.top + y * scale);
  }

  #down(event: PointerEvent): void {
    // A finger that moves scrolls the page.
    if (event.pointerType === 'touch' || event.button !== 0) return;
    this.#start = this.#at(event);
    this.#svg.setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    const at = this.#at(event);
    if (this.#start === undefined) return this.#point(this.#nearest(at), event);
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
      const isInside = ([x, y]: Place) => x >= left && x <= right && y >= top && y <= bottom;
      const inside = Array.from({ length: this.#count }, (_, index) => index).filter((index) =>
        this.#placesOf(index).some(isInside),
      );
      this.#selection.select(inside, event.shiftKey);
      return;
    }
    const meant = this.#nearest(this.#at(event));
    if (meant !== undefined) {
      this.#point(meant, event);
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
      const axis = this.#drawn.places === undefined ? 1 : 0;
      const order = Array.from({ length: this.#count }, (_, index) => ({ index, at: this.#placesOf(index)[0]?.[axis] }))
        .filter(({ at }) => at !== undefined)
        .sort((a, b) => a.at! - b.at!)
        .map(({ index }) => index);
      const now = pointed === undefined ? -1 : order.indexOf(pointed);
      const step = event.key === 'ArrowRight' ? 1 : -1;
      this.#point(order[(now + step + order.length) % order.length]);
    } else if ((event.key === 'Enter' || event.key === ' ') && pointed !== undefined) this.#selection.toggle(pointed);
    else return;
    event.preventDefault();
  }

  /**
   * Draws a ring around each selected architecture, all in one path; a larger ring around the one pointed at; and the rectangle being
   * drawn.
   */
  #drawMarks(): void {
    const { indices, pointed } = this.#selection;
    const [start, end] = [this.#start, this.#end];
    this.#svg.classList.toggle('has-selection', indices.length > 0);
    this.#marks.innerHTML = [
      this.#drawn.traces === undefined ? this.#rings(indices) : this.#lines(indices, pageTheme.selected, 2.6, 'chosen'),
      pointed === undefined ? '' : this.#pointedMark(pointed),
      start && end
        ? `<rect x="${Math.min(start[0], end[0])}" y="${Math.min(start[1], end[1])}" width="${Math.abs(end[0] - start[0])}" height="${Math.abs(end[1] - start[1])}" fill="${pageTheme.selected}" fill-opacity="0.12" stroke="${pageTheme.selected}"/>`
        : '',
    ].join('');
  }

  #rings(indices: readonly number[]): string {
    const places = indices.flatMap((index) => this.#placesOf(index));
    if (places.length === 0) return '';
    const path = dots(places);
    const ring = (colour: string, width: number, kind = '') =>
      `<path${kind} d="${path}" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" fill="none"/>`;
    return ring(pageTheme.selected, 13, ' class="chosen"') + ring(pageTheme.paper, 9) + ring(pageTheme.ink, 6);
  }

  #lines(indices: readonly number[], colour: string, width: number, kind: string): string {
    const path = indices.map((index) => this.#drawn.traces?.[index]?.path ?? '').join('');
    return path === ''
      ? ''
      : `<path class="${kind}" d="${path}" stroke="${colour}" stroke-width="${width}" fill="none"/>`;
  }

  #pointedMark(index: number): string {
    if (this.#drawn.traces !== undefined) return this.#lines([index], pageTheme.ink, 3, 'pointed');
    const [place] = this.#placesOf(index);
    return place === undefined
      ? ''
      : `<circle cx="${tenth(place[0])}" cy="${tenth(place[1])}" r="8" fill="none" stroke="${pageTheme.ink}" stroke-width="2"/>`;
  }
}

/** Returns the distance from a point to an architecture's place, or to its line. */
function distanceTo([x, y]: Place, places: readonly Place[], trace: Trace | undefined): number {
  if (trace === undefined) {
    const [place] = places;
    return place === undefined ? Infinity : Math.hypot(place[0] - x, place[1] - y);
  }
  let least = Infinity;
  for (let index = 1; index < places.length; index++) {
    const [[x0, y0], [x1, y1]] = [places[index - 1]!, places[index]!];
    if (x < x0 - reach || x > x1 + reach) continue;
    const t = Math.min(1, Math.max(0, (x - x0) / (x1 - x0)));
    // The lines between two rankings are curved: near their ends they are level.
    const bent = places.length === 2 ? t * t * (3 - 2 * t) : t;
    least = Math.min(least, Math.abs(y0 + bent * (y1 - y0) - y));
  }
  return least;
}

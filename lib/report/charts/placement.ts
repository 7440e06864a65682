import type { Markup } from '../markup.ts';
import type { Place } from './chart.ts';
import type { Frame } from './frame.ts';
import { element, label, tenth } from './svg.ts';
import { textWidth, type Weight } from './text.ts';

/** A note beside a point: its lines, the first of which may be bold. */
export interface Note {
  at: Place;
  lines: readonly { text: string; fill: string; weight: Weight }[];
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const size = 13;
const lineHeight = 15;
const distances = [9, 18, 32, 52, 78, 110];
/** Share of a chart's width: a line to a note farther away would be lost among the points. */
const farShare = 0.28;
const angles = Array.from({ length: 24 }, (_, index) => (index * Math.PI) / 12);

/** Finds places for notes, one after another: clear of the points and of each other, inside the frame, and near what they name. */
export class Placement {
  readonly #frame: Frame;
  readonly #points: readonly Place[];
  readonly #taken: Box[] = [];
  readonly #lines: (readonly [Place, Place])[] = [];

  constructor(frame: Frame, points: readonly Place[]) {
    this.#frame = frame;
    this.#points = points;
  }

  /** Keeps a rectangle free of notes. */
  reserve(box: Box): void {
    this.#taken.push(box);
  }

  /** Keeps notes off a straight line. */
  avoid(from: Place, to: Place): void {
    this.#lines.push([from, to]);
  }

  /** Draws a note, with a line to its point if it is not beside it; returns nothing if there is no room. */
  place({ at, lines }: Note, leader: string): Markup[] {
    const width = Math.max(...lines.map(({ text, weight }) => textWidth(text, { size, weight })));
    const height = lineHeight * lines.length;
    let [best, least]: [Box | undefined, number] = [undefined, Infinity];
    const farthest = farShare * (this.#frame.right - this.#frame.left);
    for (const distance of distances.filter((of) => of <= farthest))
      for (const angle of angles) {
        const box = boxAt(at, distance, angle, width, height);
        const cost = this.#cost(box) + 0.012 * distance;
        if (cost < least) [best, least] = [box, cost];
      }
    if (best === undefined || least >= 4) return [];
    this.#taken.push(best);
    const { left, top, right, bottom } = best;
    const end: Place = [clamp(at[0], left, right), clamp(at[1], top, bottom)];
    const gap = Math.hypot(end[0] - at[0], end[1] - at[1]);
    const from: Place = [at[0] + ((end[0] - at[0]) * 6) / gap, at[1] + ((end[1] - at[1]) * 6) / gap];
    const isRight = (left + right) / 2 < at[0] && right < at[0];
    return [
      ...(gap > 12
        ? [
            element('path', {
              d: `M${tenth(from[0])} ${tenth(from[1])}L${tenth(end[0])} ${tenth(end[1])}`,
              stroke: leader,
              fill: 'none',
            }),
          ]
        : []),
      ...lines.map(({ text, fill, weight }, index) =>
        label(text, isRight ? right : left, top + 11.5 + lineHeight * index, {
          ...{ fill, weight, size, anchor: isRight ? 'end' : undefined },
        }),
      ),
    ];
  }

  #cost(box: Box): number {
    const { left, top, right, bottom } = this.#frame;
    if (box.left < left + 2 || box.right > right + 10 || box.top < top - 8 || box.bottom > bottom - 2) return Infinity;
    if (this.#taken.some((other) => overlap(box, other))) return Infinity;
    const covered = this.#points.filter(
      ([x, y]) => x > box.left - 4 && x < box.right + 4 && y > box.top - 4 && y < box.bottom + 4,
    );
    const crossed = this.#lines.filter(([from, to]) => crosses(from, to, box));
    return covered.length + 2 * crossed.length;
  }
}

function boxAt([x, y]: Place, distance: number, angle: number, width: number, height: number): Box {
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  const [nearX, nearY] = [x + distance * dx, y + distance * dy];
  const left = dx > 0.3 ? nearX : dx < -0.3 ? nearX - width : nearX - width / 2;
  const top = dy > 0.3 ? nearY : dy < -0.3 ? nearY - height : nearY - height / 2;
  return { left, top, right: left + width, bottom: top + height };
}

/** Returns whether a straight line between two places meets a box, or comes near it. */
function crosses([x0, y0]: Place, [x1, y1]: Place, box: Box): boolean {
  const margin = 3;
  let [first, last] = [0, 1];
  for (const [start, delta, low, high] of [
    [x0, x1 - x0, box.left - margin, box.right + margin],
    [y0, y1 - y0, box.top - margin, box.bottom + margin],
  ] as const) {
    if (delta === 0) {
      if (start < low || start > high) return false;
      continue;
    }
    const ends = [(low - start) / delta, (high - start) / delta].sort((a, b) => a - b) as [number, number];
    [first, last] = [Math.max(first, ends[0]), Math.min(last, ends[1])];
  }
  return first <= last;
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

const overlap = (a: Box, b: Box) =>
  a.left < b.right + 4 && b.left < a.right + 4 && a.top < b.bottom + 1 && b.top < a.bottom + 1;

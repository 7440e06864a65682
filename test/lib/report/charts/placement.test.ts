import { describe, expect, test } from 'vitest';
import type { Place } from '../../../../lib/report/charts/chart.ts';
import { textWidth } from '../../../../lib/report/charts/text.ts';
import { Placement } from '../../../../lib/report/charts/placement.ts';

const frame = { left: 0, top: 0, right: 400, bottom: 300 };
const note = (at: Place, text: string) => ({ at, lines: [{ text, fill: 'ink', weight: 400 as const }] });
const boxes = (markup: { text: string }[]) =>
  markup.flatMap(({ text }) => {
    const found = /<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</.exec(text);
    if (found === null) return [];
    const [, x, y, words] = found;
    const left = Number(x) - (text.includes('text-anchor="end"') ? textWidth(words!) : 0);
    return [{ left, right: left + textWidth(words!), top: Number(y) - 11, bottom: Number(y) + 3 }];
  });

describe('notes in a chart', () => {
  test('do not overlap, even of points at one place', () => {
    const placement = new Placement(frame, [[200, 150]]);
    const placed = Array.from({ length: 4 }, () => boxes(placement.place(note([200, 150], 'arch-017'), 'grey'))[0]!);
    placed.forEach((a, index) => {
      for (const b of placed.slice(index + 1))
        expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
    });
  });

  test('lie off the points, and have a line to theirs if they are not beside it', () => {
    const crowd = Array.from({ length: 121 }, (_, index): Place => [
      180 + (index % 11) * 4,
      130 + Math.floor(index / 11) * 4,
    ]);
    const placed = new Placement(frame, crowd).place(note([200, 150], 'arch-017'), 'grey');
    expect(placed.some(({ text }) => text.startsWith('<path'))).toBe(true);
    const [box] = boxes(placed);
    const isCovered = crowd.some(([x, y]) => x > box!.left && x < box!.right && y > box!.top && y < box!.bottom);
    expect(isCovered).toBe(false);
  });

  test('lie off a line if there is room beside it', () => {
    const placement = new Placement(frame, [[200, 150]]);
    placement.avoid([0, 150], [400, 150]);
    const [box] = boxes(placement.place(note([200, 150], 'arch-017'), 'grey'));
    expect(box!.bottom < 150 || box!.top > 150).toBe(true);
    expect(boxes(new Placement(frame, [[200, 150]]).place(note([200, 150], 'arch-017'), 'grey'))[0]).toMatchObject({
      top: expect.closeTo(143, -1) as number,
    });
  });

  test('are left out if there is no room', () => {
    expect(
      new Placement({ left: 0, top: 0, right: 30, bottom: 20 }, []).place(
        note([15, 10], 'a long name of a network'),
        'grey',
      ),
    ).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { errorScale, errorScales, errorTransforms, extent, padded } from '../../../../lib/report/charts/scales.ts';

describe('the scale of errors', () => {
  test('keeps the order of errors and names those inside its domain, apart from each other', () => {
    for (const kind of errorScales) {
      const { place, ticks } = errorScale(kind, [0.01, 0.6], [0, 300]);
      const errors = [0.01, 0.05, 0.2, 0.4, 0.6];
      const places = errors.map(place);
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(places[0]).toBeCloseTo(0, 6);
      expect(places.at(-1)).toBeCloseTo(300, 6);
      expect(ticks.length).toBeGreaterThan(2);
      for (const [index, { value }] of ticks.entries()) {
        expect(value).toBeGreaterThanOrEqual(0.01);
        expect(value).toBeLessThanOrEqual(0.6);
        if (index > 0) expect(place(value) - place(ticks[index - 1]!.value)).toBeGreaterThan(30);
      }
    }
  });

  test('is minus the accuracy on each scale: a line of accuracies is a line of it', () => {
    expect(errorTransforms.linear(0.3)).toBeCloseTo(-0.7, 12);
    expect(errorTransforms.logit(0.3)).toBeCloseTo(-Math.log(0.7 / 0.3), 12);
    // Phi^-1(0.7)
    expect(errorTransforms.probit(0.3)).toBeCloseTo(-0.5244, 2);
  });

  test('has a place for errors of 0 and 1', () => {
    for (const kind of errorScales)
      for (const error of [0, 1]) expect(Number.isFinite(errorScale(kind, [0, 1], [0, 1]).place(error))).toBe(true);
  });
});

test('a range of one value, or of none, can be drawn', () => {
  expect(extent([null])).toEqual([0, 1]);
  const [low, high] = padded(extent([0.5, 0.5]));
  expect(low).toBeLessThan(0.5);
  expect(high).toBeGreaterThan(0.5);
});

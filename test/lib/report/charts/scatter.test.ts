import { describe, expect, test } from 'vitest';
import { scatterChart } from '../../../../lib/report/charts/scatter.ts';
import { errorScales, errorTransforms } from '../../../../lib/report/charts/scales.ts';
import { lightTheme } from '../../../../lib/report/charts/theme.ts';

const common = {
  heading: '',
  below: '',
  xTitle: '',
  yTitle: '',
  best: [0],
  worst: [3],
  xKind: 'error' as const,
  size: { width: 300, height: 260, font: 12 },
};

describe('a scatter plot', () => {
  test('draws the line through points that lie on it, on every scale', () => {
    const x = [0.1, 0.2, 0.3, 0.4];
    for (const scale of errorScales) {
      // Accuracies: v = -0.2 + 0.8 u on the scale.
      const inverse = (transformed: number) => bisect((error) => errorTransforms[scale](error) - transformed);
      const y = x.map((error) => inverse(0.2 + 0.8 * errorTransforms[scale](error)));
      const { svg, places } = scatterChart(
        { ...common, x, y, scale, line: { slope: 0.8, intercept: -0.2 } },
        lightTheme,
      );
      const [, x0, y0, x1, y1] = /d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)" stroke="#16202a"/
        .exec(svg.text)!
        .map(Number);
      for (const place of places!) {
        const expected = y0! + ((place![0] - x0!) / (x1! - x0!)) * (y1! - y0!);
        expect(Math.abs(place![1] - expected), scale).toBeLessThan(0.3);
      }
    }
  });

  test('has no place for an architecture that lacks one of the two errors', () => {
    const { places, svg } = scatterChart(
      { ...common, x: [0.1, null, 0.3, 0.4], y: [0.1, 0.2, null, 0.4], scale: 'linear' },
      lightTheme,
    );
    expect(places!.map((place) => place !== null)).toEqual([true, false, false, true]);
    expect(svg.text).not.toContain('NaN');
  });

  test('is drawn without any error, and with one only', () => {
    for (const errors of [
      [null, null],
      [0.5, null],
    ]) {
      const { svg } = scatterChart({ ...common, x: errors, y: errors, scale: 'probit' }, lightTheme);
      expect(svg.text).not.toMatch(/NaN|Infinity/);
    }
  });
});

function bisect(f: (error: number) => number): number {
  let [low, high] = [1e-4, 1 - 1e-4];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (f(middle) < 0) low = middle;
    else high = middle;
  }
  return low;
}

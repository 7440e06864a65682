import { describe, expect, test } from 'vitest';
import { intervalChart, intervalTable, type IntervalPlot } from '../../../../lib/report/charts/intervals.ts';
import { lightTheme } from '../../../../lib/report/charts/theme.ts';

const plot: IntervalPlot = {
  header: 'dataset',
  columns: ['ρ'],
  axis: 'rank correlation',
  domain: [-1, 1],
  rows: [
    { label: '<i>a</i>', marks: [{ value: 0.5, interval: [0, 1], colour: 'ink' }], cells: ['+0.50'] },
    { label: 'b', marks: [{ value: null, colour: 'ink' }], cells: ['–'], isOfParts: true },
  ],
};

describe('values with intervals', () => {
  test('are rows of a table whose charts are placed in percent, so that they are as wide as their column', () => {
    const { text } = intervalTable(plot);
    expect(text).toContain('<circle cx="75%" cy="11" r="5"');
    expect(text).toContain('x1="50%" x2="100%" y1="11"');
    expect(text.match(/<tr class="part">/g)).toHaveLength(1);
    expect(text).not.toContain('<i>');
  });

  test('are the same in a stand-alone drawing', () => {
    const { svg } = intervalChart(plot, lightTheme);
    expect(svg.text).not.toMatch(/NaN|<i>|var\(/);
    expect(svg.text.match(/<circle/g)).toHaveLength(1);
  });
});

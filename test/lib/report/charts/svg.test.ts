import { expect, test } from 'vitest';
import { element, label, shortPath } from '../../../../lib/report/charts/svg.ts';
import { fittedText, textWidth } from '../../../../lib/report/charts/text.ts';

test('attributes are escaped, numbers are short, and undefined ones are left out', () => {
  expect(element('g', { id: '"><script>', width: 1.23456, x: undefined }).text).toBe(
    '<g id="&quot;&gt;&lt;script&gt;" width="1.23"/>',
  );
});

test('a path has one decimal a number', () => {
  expect(shortPath('M1.234,5C-0.06,1.5e-7 2.25,3.96')).toBe('M1.2,5C-0.1,0 2.3,4');
  expect(shortPath(null)).toBe('');
});

test('a text that does not fit has the whole of it as its title', () => {
  const [cut, whole] = [30, 200].map((longest) => label('abc<def', 1, 2, { fill: 'red', longest }).text);
  expect(cut).toMatch(/<title>abc&lt;def<\/title>a[^<]*…[^<]*<\/text>$/);
  expect(whole).toBe('<text x="1" y="2" fill="red">abc&lt;def</text>');
});

test('names that begin alike are told apart when they are cut', () => {
  const cut = ['draw-1', 'draw-1-control', 'draw-2', 'draw-2-control'].map((end) =>
    fittedText(`imagenet/100-classes-nested-${end}`, 150),
  );
  expect(new Set(cut).size).toBe(4);
  for (const text of cut) expect(textWidth(text)).toBeLessThanOrEqual(150);
});

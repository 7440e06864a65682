import { expect, test } from 'vitest';
import { element, escapeMarkup, label, shortened } from '../../../../lib/report/charts/svg.ts';

test('markup, quotes, ends of lines and characters that XML cannot hold are harmless in names', () => {
  expect(escapeMarkup(`<a b="c" d='e'>&\n\u0000\ud800`)).toBe(
    '&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp; \ufffd\ufffd',
  );
  expect(escapeMarkup('ρ 𝒳 é')).toBe('ρ 𝒳 é');
  expect(element('g', { id: '"><script>', width: 1.23456, x: undefined })).toBe(
    '<g id="&quot;&gt;&lt;script&gt;" width="1.23"/>',
  );
});

test('a text that is cut has the whole of it as its title', () => {
  expect(label('abcdef', {}, 4)).toBe('<text><title>abcdef</title>ab…f</text>');
  expect(label('abc', {}, 4)).toBe('<text>abc</text>');
});

test('names that begin alike are told apart when they are cut', () => {
  const cut = ['draw-1', 'draw-1-control', 'draw-2', 'draw-2-control'].map((end) =>
    shortened(`imagenet/100-classes-nested-${end}`, 24),
  );
  expect(new Set(cut).size).toBe(4);
  expect(cut[1]).toBe('imagenet/100-c…1-control');
});

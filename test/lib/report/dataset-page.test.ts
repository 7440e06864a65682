import { expect, test } from 'vitest';
import { datasetPage } from '../../../lib/report/dataset-page.ts';

const page = datasetPage({
  title: 'birds',
  lead: '2 classes',
  facts: [['from', '<b>folder</b>']],
  classes: [['jay <script>', 10, 2, 3]],
  statistics: [['grey', 0.5, 0.25]],
  notes: [['unreadable: not a JPEG file', 2, '<img src=x onerror=alert(1)>']],
  images: [{ id: 'a/"><script>', className: '<i>jay</i>', plain: Buffer.from('a'), augmented: [Buffer.from('b')] }],
});

test('shows images as files inside the page, and loads nothing', () => {
  expect(page.match(/<img [^>]*src="data:image\/png;base64,[^"]+"\s*\/?>/g)).toHaveLength(2);
  expect(page).not.toMatch(/https?:/);
});

test('names of files and classes are text, whatever is in them', () => {
  expect(page).not.toContain('<script>');
  expect(page).not.toContain('<i>jay');
  expect(page).not.toContain('<img src=x');
  expect(page).toContain('a/&quot;&gt;&lt;script&gt;');
});

test('tells counts by class and what was left out', () => {
  expect(page).toContain('<td>jay &lt;script&gt;<td class=number>10');
  expect(page).toContain('unreadable: not a JPEG file');
});

import { expect, test } from 'vitest';
import { reportData } from '../../../../lib/report/study-report.ts';
import { rankedBy, sourceName } from '../../../../lib/report/words/parameters.ts';
import { madeUpResults } from '../results.ts';

test('what networks are ranked by is a noun after "by", and a comparison elsewhere', () => {
  const data = reportData(madeUpResults({ architectures: 12 }));
  const words = (of: Parameters<typeof rankedBy>[1]) => [rankedBy(data, of), sourceName(data, of)];
  expect(words({ kind: 'size', name: 'params' })).toEqual(['the number of parameters', 'more parameters']);
  expect(words({ kind: 'size', name: 'totalDepth' })).toEqual(['total depth', 'a larger total depth']);
  expect(words({ kind: 'dataset', name: 'carrying' })).toEqual(['errors on carrying', 'carrying']);
  expect(words({ kind: 'subset', name: 'imagenet/10-classes', classes: 10 })[0]).toBe('errors on imagenet, 10 classes');
});

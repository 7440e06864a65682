import { expect, test } from 'vitest';
import { reportData } from '../../../../lib/report/study-report.ts';
import { structure } from '../../../../lib/report/topics/structure.ts';
import { madeUpResults } from '../results.ts';

test('of properties that are shown to matter differently, those that differ most are named', () => {
  const input = madeUpResults({ architectures: 30 });
  const [first] = input.analysis.effectDifferences;
  const effectDifferences = [0.6, 1.5, -1.2, 0.7].map((difference, index) => ({
    ...first!,
    ...{ parameter: `property ${index}`, difference, verdict: 'differs' as const },
  }));
  const data = reportData({ ...input, analysis: { ...input.analysis, effectDifferences } });
  const page = structure.section!({ data, rows: input.rows })!.content.text.replaceAll(/\s+/g, ' ');
  expect(page).toMatch(
    /Shown to matter differently, the largest differences first: property 1 .*; property 2 .*; property 3 .*; and 1 more/,
  );
});

import { expect, test } from 'vitest';
import { findingsText } from '../../../commands/terminal/headline.ts';
import type { TargetAnalysis } from '../../../lib/analysis/index.ts';
import { madeUpResults } from '../../lib/report/results.ts';

const { analysis } = madeUpResults({ architectures: 30 });
const undecided = (of: TargetAnalysis): TargetAnalysis => ({ ...of, verdict: 'undecided', verdictCi95: [-0.5, 0.5] });

test('the findings are a sentence about the datasets that are not parts of the reference, and a row for each', () => {
  const [sentence, , ...table] = findingsText(analysis).split('\n');
  expect(sentence).toMatch(/^The ranking on imagenet holds on carrying, .*\bis .*unrelated\.$/);
  expect(sentence).not.toContain('classes');
  expect(table).toHaveLength(7);
  expect(table.join('\n')).toContain('imagenet/10-classes-draw-1');
});

test('findings that are all undecided name their datasets', () => {
  const text = findingsText({ ...analysis, targets: analysis.targets.map(undecided) });
  expect(text.split('\n')[0]).toBe(
    'It is undecided whether the ranking on imagenet holds on carrying, reversing and unrelated.',
  );
});

test('parts of the reference are the findings if there is nothing else', () => {
  const parts = analysis.targets.filter(({ target }) => target.startsWith('imagenet/'));
  expect(findingsText({ ...analysis, targets: parts }).split('\n')[0]).toMatch(
    /^The ranking on imagenet holds on imagenet\/10-classes, /,
  );
  expect(findingsText({ ...analysis, targets: [] })).toBe('There is no dataset besides imagenet.');
});

test('findings without an interval say what is missing', () => {
  const targets = analysis.targets.map((of) => ({ ...undecided(of), verdictCi95: null }));
  const lines = (cluster: string | null, n = 30) =>
    findingsText({
      ...analysis,
      targets: targets.map((of) => ({ ...of, n })),
      methods: { ...analysis.methods, cluster },
    }).split('\n');
  expect(lines(null)[1]).toBe('Errors that are all the same have no correlation.');
  expect(lines(null, 5)[1]).toBe('Intervals and verdicts need at least six networks.');
  expect(lines('family')[1]).toBe('Intervals and verdicts need at least six clusters of networks (values of family).');
  expect(findingsText(analysis)).not.toContain('at least six');
});

import { expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { stream } from '../../../../lib/core/random.ts';
import { options, rowsOf } from '../results.ts';

const random = stream(9, 'population');
const errors = Array.from({ length: 130 }, () => 0.5 + 0.05 * random.normal());
const noisy = errors.map((error) => error + 0.05 * random.normal());

test('with more architectures r scatters less around the same value', () => {
  const rows = [...rowsOf('reference', errors), ...rowsOf('target', noisy)];
  const { populationSizes, correlations } = analyzeResults(rows, options({ bootstrapResamples: 2000 }));
  const [{ sizes }] = populationSizes as [(typeof populationSizes)[0]];
  expect(sizes.map(({ architectures }) => architectures)).toEqual([10, 20, 50, 100, 130]);
  const widths = sizes.map(({ range95 }) => range95![1] - range95![0]);
  expect(widths).toEqual([...widths].sort((a, b) => b - a));
  // as the square root of their number
  expect(widths[1]! / widths[3]!).toBeCloseTo(Math.sqrt(5), 0);
  for (const { mean } of sizes) expect(Math.abs(mean! - correlations[0]!.pearson!)).toBeLessThan(0.04);
});

test('is undefined for a constant dataset, and has no sizes on fewer than six architectures, or of families', () => {
  const rows = [
    ...rowsOf('reference', errors),
    ...rowsOf(
      'constant',
      errors.map(() => 0.1),
    ),
    ...rowsOf('few', [0.1, 0.2, 0.3, 0.25, 0.15]),
  ];
  const { populationSizes } = analyzeResults(rows, options());
  expect(populationSizes[0]!.sizes.every(({ mean, range95 }) => mean === null && range95 === null)).toBe(true);
  expect(populationSizes[1]!.sizes).toEqual([]);
  const further = errors.map((_, index) => ({ family: index % 20 }));
  const inFamilies = [...rowsOf('reference', errors, { further }), ...rowsOf('target', noisy, { further })];
  expect(analyzeResults(inFamilies, options({ cluster: 'family' })).populationSizes[0]!.sizes).toEqual([]);
});

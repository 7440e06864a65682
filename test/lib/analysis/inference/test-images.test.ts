import { describe, expect, test } from 'vitest';
import { analyzeResults } from '../../../../lib/analysis/index.ts';
import { outcomeBits } from '../../../../lib/predictions/outcome-bits.ts';
import type { ImageOutcomes } from '../../../../lib/results/image-outcomes.ts';
import { deviation, onFishersScale } from '../../../../lib/analysis/inference/simultaneous.ts';
import { Kernel } from '../../../../lib/analysis/kernel/kernel.ts';
import { spearman as declareSpearman } from '../../../../lib/analysis/coefficients/ranks.ts';
import { varianceByImages } from '../../../../lib/analysis/inference/test-images.ts';
import { Measurement } from '../../../../lib/analysis/resampling/measurement.ts';
import { replicatesOf } from '../../../../lib/analysis/resampling/replicates.ts';
import { errorsOnDrawnImages } from '../../../../lib/analysis/resampling/test-images.ts';
import { outcomeTable } from '../../../../lib/analysis/table/image-outcomes.ts';
import { stream, type RandomStream } from '../../../../lib/core/random.ts';
import { spearman } from '../definitions.ts';
import { options, rowsOf } from '../results.ts';

/** Outcomes and rows of networks of which each got some images wrong. */
function resultsFor(dataset: string, wrong: readonly (readonly boolean[])[]) {
  const images = wrong[0]!.length;
  const rows = rowsOf(
    dataset,
    wrong.map((own) => own.filter(Boolean).length / images),
  );
  const runs = rows.map(({ architecture, seed }, index) => ({ architecture, seed, wrong: outcomeBits(wrong[index]!) }));
  const outcomes: ImageOutcomes = { dataset, testSet: dataset, images, runs };
  const place = new Map(rows.map(({ architecture }, index) => [architecture, index]));
  return { rows, outcomes, table: outcomeTable(outcomes, rows, place)! };
}

test('images are drawn with replacement, for all networks alike', () => {
  const images = 150;
  const random = stream(1, 'one by one');
  // The first networks get one image wrong each, which shows how often it was drawn.
  const one = Array.from({ length: images }, (_, image) => Array.from({ length: images }, (__, i) => i === image));
  const some = Array.from({ length: images }, () => random.uniform() < 0.3);
  const { table } = resultsFor('reference', [...one, some]);
  const drawn = errorsOnDrawnImages(new Kernel(), table, { seed: 3, resamples: 200, architectures: images + 1 });
  let squares = 0;
  for (const errors of drawn) {
    const times = Array.from(errors.subarray(0, images), (error) => Math.round(error * images));
    expect(times.reduce((sum, count) => sum + count, 0)).toBe(images);
    expect(errors[images]).toBeCloseTo(times.reduce((sum, count, i) => sum + (some[i]! ? count : 0), 0) / images, 12);
    squares += times.reduce((sum, count) => sum + (count - 1) ** 2, 0) / images;
  }
  expect(squares / drawn.length).toBeCloseTo(1 - 1 / images, 1);
});

/** Networks of two kinds on images of two kinds: which kind is better depends on which images there are. */
function world(random: RandomStream, networks: number, images: number, scatter: number) {
  const kinds = Array.from({ length: networks }, () => random.normal());
  const skills = Array.from({ length: networks }, () => random.normal());
  return [0, 1].map(() => {
    const asks = Array.from({ length: images }, () => random.normal());
    return skills.map((skill, network) =>
      asks.map((ask) => random.normal() > 0.15 * skill + scatter * ask * kinds[network]!),
    );
  });
}

describe('the variance that test images add', () => {
  const [networks, images, resamples] = [40, 120, 504];
  const errorsOf = (wrong: readonly (readonly boolean[])[]) => wrong.map((own) => own.filter(Boolean).length);
  const zOf = ([a, b]: readonly (readonly (readonly boolean[])[])[]) =>
    onFishersScale(spearman(errorsOf(a!), errorsOf(b!)), networks);

  test.each([
    ['little if they only blur the networks one by one', 0],
    ['as much as repeated studies scatter more than their networks alone make them', 1],
  ])('is %s', (_, scatter) => {
    const truth = deviation(
      Float64Array.from({ length: 300 }, (__, trial) =>
        zOf(world(stream(trial, 'truth', scatter), networks, images, scatter)),
      ),
    );
    const replicates = replicatesOf(networks, resamples, 1, false);
    const kernel = new Kernel();
    let [whole, alone] = [0, 0];
    const trials = 12;
    for (let trial = 0; trial < trials; trial++) {
      const [a, b] = world(stream(trial, 'sample', scatter), networks, images, scatter).map((wrong, index) =>
        resultsFor(`dataset-${index}`, wrong),
      ) as [ReturnType<typeof resultsFor>, ReturnType<typeof resultsFor>];
      const [x, y] = [a, b].map(({ rows }) => Float64Array.from(rows, ({ top1Error }) => top1Error!)) as [
        Float64Array,
        Float64Array,
      ];
      const measurement = new Measurement(replicates);
      const sample = measurement.sample(x, y);
      const rho = declareSpearman(measurement, sample, x, y);
      measurement.run(kernel);
      const drawn = [a, b].map(({ table }) =>
        errorsOnDrawnImages(kernel, table, { seed: 1, resamples, architectures: networks }),
      ) as [Float64Array[], Float64Array[]];
      const own = deviation(rho.values.subarray(1, 1 + resamples).map((value) => onFishersScale(value, networks))) ** 2;
      alone += own / trials;
      whole += (own + varianceByImages(kernel, { replicates }, rho, sample.rows, drawn)) / trials;
    }
    expect(Math.sqrt(whole) / truth).toBeGreaterThan(0.9);
    expect(Math.sqrt(whole) / truth).toBeLessThan(1.35);
    if (scatter > 0) expect(Math.sqrt(alone) / truth).toBeLessThan(0.8);
  });
});

test('a verdict over other test images stands beside the one about the given images, if all outcomes are known', () => {
  const random = stream(5, 'verdicts');
  const [reference, target] = world(random, 30, 100, 0.5).map((wrong, index) =>
    resultsFor(['reference', 'target'][index]!, wrong),
  ) as [ReturnType<typeof resultsFor>, ReturnType<typeof resultsFor>];
  const rows = [...reference.rows, ...target.rows];
  const of = (outcomes: ImageOutcomes[]) => analyzeResults(rows, options({ outcomes }), ['targets']).targets[0]!;
  const found = of([reference.outcomes, target.outcomes]);
  const [low, high] = found.overTestImages!.verdictCi95!;
  expect(low).toBeLessThan(found.verdictCi95![0]);
  expect(high).toBeGreaterThan(found.verdictCi95![1]);
  expect(of([target.outcomes]).overTestImages).toBeNull();
  expect(of([target.outcomes]).verdictCi95).toEqual(found.verdictCi95);
});

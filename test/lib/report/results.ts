import { analyzeResults } from '../../../lib/analysis/index.ts';
import { knownParameterTitles } from '../../../lib/analysis/parameters.ts';
import { stream } from '../../../lib/core/random.ts';
import type { StudyReportInput } from '../../../lib/report/study-report.ts';
import type { CurveRow } from '../../../lib/results/curves-table.ts';
import type { ResultRow } from '../../../lib/results/results-table.ts';

export interface MadeUpOptions {
  architectures: number;
  seeds?: number;
  /** Around the number of an architecture. */
  name?: (index: number) => string;
  /** By dataset: how much of its ranking is that of the reference, in [-1, 1]; the first one is the reference. */
  datasets?: Record<string, Partial<{ share: number; classes: number; classDraw: number; control: number }>>;
  epochs?: number;
}

const usual: NonNullable<MadeUpOptions['datasets']> = {
  imagenet: { share: 1 },
  'imagenet/10-classes': { share: 0.9, classes: 10, classDraw: 0 },
  'imagenet/10-classes-draw-1': { share: 0.8, classes: 10, classDraw: 1 },
  'imagenet/10-classes-control': { share: 0.95, control: 10 },
  carrying: { share: 0.9 },
  reversing: { share: -0.9 },
  unrelated: { share: 0 },
};

/** What a report is made from, of errors that are made up, the same for the same options. */
export function madeUpResults({
  architectures,
  seeds = 1,
  name = (index) => `arch-${String(index).padStart(3, '0')}`,
  datasets = usual,
  epochs = 3,
}: MadeUpOptions): StudyReportInput {
  const random = stream(1, 'made-up results');
  const qualities = Array.from({ length: architectures }, () => random.normal());
  const structures = qualities.map((quality) => {
    const depths = Array.from({ length: 4 }, () => 1 + random.integer(9));
    const widths = Array.from({ length: 4 }, () => Math.max(8, Math.round(200 + 60 * quality + 40 * random.normal())));
    const stages = depths.flatMap((depth, stage) => [
      [`d${stage + 1}`, depth],
      [`w${stage + 1}`, widths[stage]!],
      [`b${stage + 1}`, 2],
      [`g${stage + 1}`, 8],
    ]);
    const totalDepth = depths.reduce((sum, depth) => sum + depth, 0);
    return {
      ...(Object.fromEntries(stages) as Record<string, number>),
      totalDepth,
      cumulativeWidth: depths.reduce((sum, depth, stage) => sum + depth * widths[stage]!, 0),
      params: 1000 * totalDepth,
    };
  });
  const rows: ResultRow[] = [];
  const curves: CurveRow[] = [];
  for (const [dataset, { share = 0, classes, classDraw, control }] of Object.entries(datasets))
    qualities.forEach((quality, index) => {
      const own = random.normal();
      for (let seed = 0; seed < seeds; seed++) {
        const logit = -1 - share * quality - (1 - Math.abs(share)) * own + 0.1 * random.normal();
        const top1Error = Math.round(10_000 / (1 + Math.exp(-logit))) / 10_000;
        const architecture = name(index);
        const outcome = dataset !== 'imagenet' && index === 3 && seed === 0 ? 'diverged' : 'finished';
        rows.push({
          architecture,
          dataset,
          seed,
          top1Error: outcome === 'finished' ? top1Error : null,
          outcome,
          failureCategory: outcome === 'finished' ? null : 'divergence',
          failure: outcome === 'finished' ? null : 'the loss was NaN',
          parentDataset: dataset.split('/')[0]!,
          classes: classes ?? null,
          classDraw: classDraw ?? null,
          control: control ?? null,
          ...structures[index]!,
        });
        for (let epoch = 1; epoch <= epochs; epoch++)
          curves.push({
            architecture,
            dataset,
            seed,
            epoch,
            validationTop1Error: Math.min(1, top1Error + 0.3 / epoch),
          });
      }
    });
  const parameterTitles = knownParameterTitles(rows);
  const analysis = analyzeResults(rows, {
    reference: Object.keys(datasets)[0]!,
    bootstrapResamples: 100,
    seed: 0,
    parameters: [...parameterTitles.keys()],
    curves,
  });
  return { title: 'Made up', description: '', rows, curves, analysis, extremes: 10, parameterTitles };
}

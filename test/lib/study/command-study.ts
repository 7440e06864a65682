import type { StudyConfigInput } from '../../../lib/study/config.ts';
import { applyOverrides } from '../../../lib/study/overrides.ts';
import { preset } from '../../../lib/study/presets.ts';

/** A study of three listed networks on the quickstart's datasets, which a command trains. */
export function commandStudy(...assignments: string[]): StudyConfigInput {
  const { datasets, reference } = preset('quickstart') as StudyConfigInput;
  const document = {
    name: 'listed',
    trainer: { kind: 'command', name: 'stub', version: '1', command: ['python3', 'train_one.py'] },
    population: {
      source: 'list',
      networks: [
        { name: 'small', spec: { width: 8 }, flops: 1e6, params: 1000, top1OnImageNet: 0.3 },
        { name: 'resnet50.a1_in1k', spec: { width: 16 }, flops: 2e6, params: 2000, top1OnImageNet: 0.25 },
        { name: 'timm/vit_tiny', spec: 'anything', flops: 3e6, params: 3000 },
      ],
    },
    reference,
    datasets,
    protocol: { settings: { lr: 0.1, schedule: { warmup: 1 } } },
    replicates: 2,
    analysis: { bootstrapResamples: 100 },
  };
  return applyOverrides(document, assignments) as StudyConfigInput;
}

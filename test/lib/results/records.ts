import { tinyArchitecture } from '../training/tiny-architecture.ts';
import { runRecordSchema, type RunRecord } from '../../../lib/study/documents/run-record.ts';

/** The record of a finished run. */
export function finished(changes: Partial<Record<keyof RunRecord, unknown>> = {}): RunRecord {
  return runRecordSchema.parse({
    format: 2,
    runKey: 'a1',
    studyId: 'quickstart',
    architectureName: 'arch-007',
    architecture: tinyArchitecture,
    complexity: { flops: 1000, params: 200, acts: 30 },
    dataset: 'fashion-mnist/5-classes',
    datasetDigest: 'd1',
    protocol: { epochs: 2 },
    seed: 2,
    versions: { tensorflow: '2.21.0' },
    outcome: 'finished',
    failure: null,
    curve: [],
    validation: { images: 10, loss: 0.3, top1Error: 0.2, top5Error: null },
    test: { images: 16, loss: 0.4, top1Error: 0.125, top5Error: null },
    timings: {
      startedAt: '2026-01-01T00:00:00.000Z',
      finishedAt: '2026-01-01T00:01:00.000Z',
      trainingSeconds: 50,
      evaluationSeconds: 10,
    },
    ...changes,
  });
}

/** The record of a run whose loss became infinite. */
export const diverged = () =>
  finished({
    runKey: 'a2',
    seed: 3,
    outcome: 'diverged',
    failure: { category: 'divergence', message: 'the loss was Infinity' },
    validation: null,
    test: null,
  });

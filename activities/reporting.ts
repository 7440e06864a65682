import { readRunRecord } from '../results/run-records.ts';
import { datasetLabels } from '../study/plan.ts';
import { attempt } from './attempts.ts';
import type { StudyActivities } from './contract.ts';
import { isPassing, lightAttempts } from './passing-failures.ts';
import { studyArtifacts, StudyDocuments } from './study-documents.ts';
import type { Surroundings } from './surroundings.ts';

type ReportingActivities = Pick<StudyActivities, 'collectResults' | 'correlate' | 'renderReport'>;

export function reportingActivities({ store }: Surroundings): ReportingActivities {
  return {
    collectResults: ({ study }) =>
      attempt(lightAttempts, isPassing, async () => {
        const documents = new StudyDocuments(store, study);
        const config = await documents.config();
        const rows = ['architecture,dataset,seed,top1Error'];
        for (const dataset of datasetLabels(config))
          for (const { runKey, architecture, seed } of (await documents.findPlan(dataset)) ?? []) {
            const record = await readRunRecord(store, runKey);
            if (record?.test) rows.push([architecture, dataset, seed, record.test.top1Error].join(','));
          }
        await store.put(studyArtifacts(study).results, `${rows.join('\n')}\n`);
        return { rows: rows.length - 1 };
      }),
    correlate: () => Promise.resolve({ pairs: 0 }),
    renderReport: ({ study }) => Promise.resolve(studyArtifacts(study)),
  };
}

import { join } from 'node:path';
import { catalogue } from '../../../lib/datasets/catalogue/index.ts';
import { writeStudyFiles } from '../../../lib/report/study-files.ts';
import { Executors } from '../../../lib/runs/executors.ts';
import { planRuns } from '../../../lib/runs/plan-runs.ts';
import { tensorflowTrainer, type Trainer } from '../../../lib/runs/trainer.ts';
import type { ArtifactStore } from '../../../lib/store/artifact-store.ts';
import { writeDatasetDocument } from '../../../lib/study/documents/dataset-document.ts';
import { openDirectoryStore } from '../../../lib/store/directory-store.ts';
import { writeRunDocument } from '../../../lib/study/documents/run-document.ts';
import { StudyDocuments } from '../../../lib/study/documents/study-documents.ts';
import { parseStudyConfig, type StudyConfig } from '../../../lib/study/config.ts';
import { applyOverrides } from '../../../lib/study/overrides.ts';
import type { RunCounts } from '../../../lib/study/outcome.ts';
import { networksOf } from '../../../lib/study/networks.ts';
import { datasetLabels } from '../../../lib/study/plan.ts';
import { preset } from '../../../lib/study/presets.ts';
import { trainerEngine } from '../../../lib/study/trainer-config.ts';

const small = ['population.count=6', 'replicates=2', 'analysis.bootstrapResamples=100', 'datasets.3.classes=3'];

interface MadeStudy {
  store: ArtifactStore;
  config: StudyConfig;
}

/** A whole study in a store of a folder, rehearsed without a server: documents, records, tables, statistics and report. */
export const rehearsedStudy = (folder: string, id = 'rehearsed', ...set: string[]): Promise<MadeStudy> =>
  madeStudy(folder, id, ['rehearsal={}', ...small, ...set], tensorflowTrainer);

/** A whole study whose runs are carried out by a trainer, without a server. */
export async function madeStudy(
  folder: string,
  id: string,
  set: readonly string[],
  trainer: Trainer,
  document: unknown = preset('quickstart'),
): Promise<MadeStudy> {
  const config = parseStudyConfig(applyOverrides(document, set), catalogue);
  const store = openDirectoryStore(join(folder, 'store'));
  const documents = new StudyDocuments(store, id);
  await documents.createConfig(config);
  const networks = (await networksOf(config))!;
  await documents.writeArchitectures(networks);
  const devices = [{ kind: 'cpu', threads: 1 }] as const;
  const executors = new Executors({ store, work: join(folder, 'work'), devices, trainer });
  const executor = executors.executor(config.rehearsal);
  const hooks = { signal: new AbortController().signal };
  const counts: Record<string, RunCounts> = {};
  for (const [index, dataset] of datasetLabels(config).entries()) {
    const selection = config.datasets[index]!;
    const { manifest } = await executors.datasets(config.rehearsal).prepare(selection, config.seeds.data);
    await writeDatasetDocument(store, { selection, seed: config.seeds.data, manifest });
    await documents.writeDatasetDigest(dataset, manifest.digest);
    const engine = trainerEngine(config) ?? executors.engine(config.rehearsal);
    const plan = { config, population: networks, label: dataset, datasetDigest: manifest.digest, engine };
    const runs = [];
    for (const { name, architectureName, document } of planRuns(plan)) {
      const runKey = await writeRunDocument(store, document);
      runs.push({ runKey, name, architectureName });
      const request = {
        runKey,
        studyId: id,
        dataset,
        architectureName,
        tensorBoard: false,
        predictions: true,
        retain: 'everything' as const,
      };
      const own = (counts[dataset] ??= { finished: 0, reused: 0, diverged: 0, failed: 0 });
      if ((await executor.train(request, hooks)) === 'trained') {
        await executor.evaluate(request, hooks);
        own.finished++;
      } else own.diverged++;
    }
    await documents.writePlanPage(dataset, 0, runs);
  }
  await writeStudyFiles(store, id);
  await documents.writeOutcome({ studyId: id, runs: counts });
  return { store, config };
}

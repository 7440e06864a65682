import type { StudyDocuments } from '../store/study-documents.ts';
import { protocolFor, selectionOf, type StudyConfig } from '../study/config.ts';
import { trainingCost } from '../study/cost.ts';
import { datasetLabels } from '../study/plan.ts';

/** What an average run on a dataset takes. */
export interface RunCost {
  /** Training images that it processes, in all epochs. */
  images: number;
  /** Relative to runs on other datasets: its activations, which training time is roughly proportional to. */
  work: number;
}

/** How many architectures stand for all of them: how the datasets relate to each other hardly depends on the architecture. */
const mostArchitectures = 20;

/** The costs of a study's runs, by label of the dataset; those of a dataset that is not prepared yet are left out. */
export async function runCosts(documents: StudyDocuments, config: StudyConfig): Promise<ReadonlyMap<string, RunCost>> {
  const population = await documents.architectures();
  const architectures = population.slice(0, mostArchitectures).map(({ architecture }) => architecture);
  const costs = new Map<string, RunCost>();
  for (const label of datasetLabels(config)) {
    if ((await documents.findDatasetDigest(label)) === undefined) continue;
    const { splits, classes, imageSize, channels } = await documents.dataset(label);
    const { train, validation, test } = splits;
    const { trainingImages, activations } = trainingCost(
      architectures,
      {
        ...{ train: train.images, validation: validation.images, test: test.images },
        ...{ classes: classes.length, imageSize, channels },
      },
      protocolFor(config, selectionOf(config, label)),
    );
    costs.set(label, { images: trainingImages / architectures.length, work: activations / architectures.length });
  }
  return costs;
}

import type { StudyDocuments } from '../lib/study/documents/study-documents.ts';
import { protocolFor, selectionOf } from '../lib/study/config.ts';
import { trainingCost } from '../lib/study/cost.ts';

/** Cost of an average run on a dataset. */
export interface RunCost {
  /** Number of training images that it processes in all epochs; null if only its trainer knows. */
  images: number | null;
  /**
   * Cost relative to runs on other datasets: its activations, to which training time is roughly proportional; the images of an epoch if
   * only its trainer knows what it computes; 1 in a rehearsal.
   */
  work: number;
}

/** Number of architectures that represent all of them: the relation between datasets hardly depends on the architecture. */
const mostArchitectures = 20;

/** Returns the costs of a study's runs on some of its datasets, by label; datasets that are not prepared yet are left out. */
export async function runCosts(
  documents: StudyDocuments,
  labels: readonly string[],
): Promise<ReadonlyMap<string, RunCost>> {
  const prepared: string[] = [];
  for (const label of labels) if ((await documents.findDatasetDigest(label)) !== undefined) prepared.push(label);
  const costs = new Map<string, RunCost>();
  if (prepared.length === 0) return costs;
  const config = await documents.config();
  const population = await documents.architectures();
  const networks = population.slice(0, mostArchitectures);
  for (const label of prepared) {
    const { splits, classes, imageSize, channels } = await documents.dataset(label);
    const size = {
      train: splits.train.images,
      validation: splits.validation.images,
      test: splits.test.images,
      classes: classes.length,
      imageSize,
      channels,
    };
    const cost = trainingCost(networks, size, protocolFor(config, selectionOf(config, label)));
    costs.set(label, {
      images: cost.trainingImages === null ? null : cost.trainingImages / networks.length,
      // A simulated run takes equally long on every dataset.
      work:
        config.rehearsal !== undefined
          ? 1
          : cost.activations === null
            ? size.train
            : cost.activations / networks.length,
    });
  }
  return costs;
}

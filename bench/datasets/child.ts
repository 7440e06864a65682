import { prepareDataset } from '../../lib/datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../lib/datasets/selection.ts';
import { protocolSchema } from '../../lib/training/protocol.ts';
import { architectureOf, smallNetwork } from '../training/networks.ts';
import type { ProcessOrder, ProcessResult } from './process.ts';

/** The measured process: `child.ts ORDER` carries out the order and prints its time and memory as JSON. */
const order = JSON.parse(process.argv[2]!) as ProcessOrder;
const start = performance.now();
const imagesPerSecond = order.kind === 'prepare' ? await prepare(order) : await train(order);
const result: ProcessResult = {
  seconds: (performance.now() - start) / 1000,
  peakBytes: 1024 * process.resourceUsage().maxRSS,
  imagesPerSecond,
};
process.stdout.write(`${JSON.stringify(result)}\n`);

async function prepare({ dataRoot, directory }: Extract<ProcessOrder, { kind: 'prepare' }>): Promise<number> {
  const source = { kind: 'folder', path: 'photos' };
  const selection = datasetSelectionSchema.parse({ dataset: 'photos', source, fit: 'short-side', imageSize: 64 });
  await prepareDataset(selection, { seed: 0, directory, dataRoot });
  return 0;
}

async function train({ dataset, resident, directory }: Extract<ProcessOrder, { kind: 'train' }>): Promise<number> {
  const { trainNetwork } = await import('../../lib/training/trainer.ts');
  const { curve } = await trainNetwork(
    {
      runKey: 'bench',
      architecture: architectureOf({ ...(await smallNetwork()), stem: 'simple_stem_in' }),
      datasetDirectory: dataset,
      protocol: {
        ...protocolSchema.parse({
          epochs: 2,
          batchSize: 32,
          imageSize: 224,
          testShortSide: 256,
          batchNorm: { preciseImages: 0 },
        }),
        precision: 'float32',
      },
      seed: 0,
      workDirectory: directory,
      device: { kind: 'cpu', threads: 2 },
      tensorBoard: false,
    },
    { onProgress: () => undefined, onLog: () => undefined, resident },
  );
  return curve.at(-1)!.imagesPerSecond;
}

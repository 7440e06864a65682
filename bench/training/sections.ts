import { join } from 'node:path';
import { layersOf } from '../../lib/design-space/layers.ts';
import { prepareDataset } from '../../lib/datasets/prepare-dataset.ts';
import { datasetSelectionSchema } from '../../lib/datasets/selection.ts';
import { protocolSchema } from '../../lib/training/protocol.ts';
import { measureSteps } from '../../lib/training/probes.ts';
import { runTraining, type TrainingTask } from '../../lib/training/run.ts';
import type { Measurement, Sections, Surroundings } from '../run-sections.ts';
import { leastSeconds, leastWork } from './roofline.ts';
import { architectureOf, smallNetwork, studyNetworks, type Network } from './networks.ts';
import { quickstartRuns, secondsHere, secondsInPyTorch } from './whole-runs.ts';
import {
  peakRates,
  peerSteps,
  peerWays,
  trainSteps,
  type PeerResult,
  type PeerWay,
  type StepsOrder,
} from './processes.ts';

interface TrainingSurroundings extends Surroundings {
  /** A Python with PyTorch. */
  python: string | undefined;
  /** The GPU that the section `gpu` measures. */
  gpu: number;
}

const threads = 2;

export const sections = {
  async *small(surroundings) {
    const order = { network: await smallNetwork(), batch: 128, warmUp: 3, steps: 15, threads };
    for (const precision of ['float32', 'bfloat16'] as const)
      yield await rates(`small network, ${precision}, PyTorch`, { ...order, precision }, surroundings);
  },

  async *large(surroundings) {
    const ratios: number[] = [];
    for (const [index, network] of (await studyNetworks()).entries()) {
      const order: StepsOrder = { network, batch: 32, warmUp: 1, steps: 3, threads, precision: 'float32' };
      const result = await rates(`network ${index + 1} of study size, PyTorch`, order, surroundings);
      if (result.ratio !== null) ratios.push(result.ratio);
      yield result;
    }
    if (ratios.length > 0)
      yield {
        what: 'geometric mean of the ratios',
        unit: '',
        ours: null,
        other: null,
        ratio: Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length),
      };
  },

  /** Steps in float32 compared with the fewest seconds that the machine could take for them. */
  async *roofline({ rounds }) {
    const peak = await peakRates(threads);
    const reached = `${(peak.flopsPerSecond / 1e9).toFixed(0)} GFLOP/s, ${(peak.bytesPerSecond / 1e9).toFixed(1)} GB/s`;
    for (const [index, network] of [await smallNetwork(), ...(await studyNetworks())].entries()) {
      const counts = index === 0 ? { batch: 128, warmUp: 3, steps: 15 } : { batch: 32, warmUp: 1, steps: 3 };
      const order: StepsOrder = { network, ...counts, threads, precision: 'float32' };
      const { imageSize, classes } = network;
      const layers = layersOf(architectureOf(network), { imageSize, channels: 3, classes });
      const attainable = order.batch / leastSeconds(leastWork(layers, order.batch), peak);
      const ours = async () => (await trainSteps(order)).imagesPerSecond;
      const [best] = await inTurns(rounds, Math.max, ours, undefined);
      const name = index === 0 ? 'small network' : `network ${index} of study size`;
      yield { ...measurement(`${name}, roofline`, 'images/s', [best, attainable]), note: reached };
    }
  },

  /** The same networks on a GPU in each precision, with the batch size of a study; the images are already on the GPU. */
  async *gpu({ python, rounds, gpu }) {
    const device = { kind: 'gpu', index: gpu } as const;
    const networks = [await smallNetwork(), ...(await studyNetworks())];
    for (const precision of ['float32', 'tf32', 'bfloat16'] as const)
      for (const [index, network] of networks.entries()) {
        const { imageSize, classes } = network;
        const counts = { warmUp: 5, steps: 30 };
        const steps = { architecture: architectureOf(network), imageSize, classes, batchSize: 128, ...counts };
        const ours = async () => (await measureSteps({ ...steps, precision, device })).imagesPerSecond;
        const order: StepsOrder = { network, batch: 128, ...counts, threads, precision, gpu };
        const other = python === undefined ? undefined : async () => (await eagerPeer(python, order)).imagesPerSecond;
        const name = index === 0 ? 'small network' : `network ${index} of study size`;
        yield measurement(`${name}, ${precision}, PyTorch`, 'images/s', await inTurns(rounds, Math.max, ours, other));
      }
  },

  async *slots({ rounds }) {
    const order = { network: await smallNetwork(), batch: 128, warmUp: 3, steps: 30, precision: 'float32' as const };
    // The sum of both rates counts: in a study, no core is idle while one training starts or ends later than the other.
    const together = async () => {
      const both = await Promise.all([trainSteps({ ...order, threads: 1 }), trainSteps({ ...order, threads: 1 })]);
      return both.reduce((sum, { imagesPerSecond }) => sum + imagesPerSecond, 0);
    };
    const alone = async () => (await trainSteps({ ...order, threads: 2 })).imagesPerSecond;
    yield measurement(
      '2 trainings on 1 thread, 1 on 2 threads',
      'images/s',
      await inTurns(rounds, Math.max, together, alone),
    );
  },

  async *start({ python, rounds, directory }) {
    const network = { ...(await smallNetwork()), depths: [15, 15, 15, 15] };
    // A small batch, because this measures the start, not the step.
    const batch = 32;
    const task = await fashionTask(directory, network, { images: batch, epochs: 1, batchSize: batch });
    let attempt = 0;
    const ours = async () => {
      const start = performance.now();
      let seconds = NaN;
      const enough = new AbortController();
      const stop = () => {
        seconds = (performance.now() - start) / 1000;
        enough.abort();
      };
      await runTraining(
        { ...task, workDirectory: join(directory, `start-${++attempt}`) },
        { onProgress: stop, signal: enough.signal },
      ).catch((error: unknown) => {
        if (!enough.signal.aborted) throw error;
      });
      return seconds;
    };
    const order: StepsOrder = { network, batch, warmUp: 1, steps: 1, threads, precision: 'float32' };
    const other = python === undefined ? undefined : async () => (await eagerPeer(python, order)).firstStepSeconds;
    yield measurement(
      'first step of 60 blocks since the start, PyTorch',
      's',
      await inTurns(rounds, Math.min, ours, other),
    );
  },

  async *'whole-run'({ python, rounds, directory }) {
    const runs = await quickstartRuns(directory, threads);
    const other =
      python === undefined
        ? undefined
        : async () =>
            Math.min(
              await secondsInPyTorch(python, 'channels_last', runs),
              await secondsInPyTorch(python, 'contiguous', runs),
            );
    yield measurement(
      `${runs.length} runs of the quickstart from start to result, PyTorch`,
      's',
      await inTurns(rounds, Math.min, () => secondsHere(runs), other),
    );

    const network = await smallNetwork();
    const batch = 128;
    const epochs = 2;
    const task = await fashionTask(directory, network, { images: 20 * batch, epochs });
    let attempt = 0;
    const run = async () => {
      const { curve } = await runTraining({ ...task, workDirectory: join(directory, `run-${++attempt}`) });
      return curve[epochs - 1]?.imagesPerSecond as number;
    };
    const order: StepsOrder = {
      network,
      batch,
      warmUp: 3,
      steps: 20,
      threads,
      precision: 'float32',
      dataset: task.datasetDirectory,
    };
    const bare = async () => (await trainSteps(order)).imagesPerSecond;
    yield measurement('second epoch of a run, bare steps', 'images/s', await inTurns(rounds, Math.max, run, bare));
  },

  async *memory({ python }) {
    const networks = [
      { what: 'small network', network: await smallNetwork(), batch: 128 },
      ...(await studyNetworks())
        .slice(0, 2)
        .map((network, index) => ({ what: `network ${index + 1} of study size`, network, batch: 32 })),
    ];
    for (const { what, ...rest } of networks) {
      const order: StepsOrder = { ...rest, warmUp: 1, steps: 2, threads, precision: 'float32' };
      const megabytes = async (result: Promise<{ peakBytes: number }>) => (await result).peakBytes / 2 ** 20;
      const other = python === undefined ? undefined : () => megabytes(eagerPeer(python, order));
      yield measurement(
        `peak of the ${what}, PyTorch`,
        'MiB',
        await inTurns(1, Math.min, () => megabytes(trainSteps(order)), other),
      );
    }
  },
} satisfies Sections<TrainingSurroundings>;

type Pair = [ours: number, other: number | null];

const measurement = (what: string, unit: string, [ours, other]: Pair): Measurement => ({
  what,
  unit,
  ours,
  other,
  ratio: other === null ? null : ours / other,
});

/**
 * Measures images per second, compared with PyTorch's fastest way of training: all ways are measured in the first round, and only the best
 * of them in further rounds. The note has the speed of every way.
 */
async function rates(what: string, order: StepsOrder, { python, rounds }: TrainingSurroundings): Promise<Measurement> {
  const ours = async () => (await trainSteps(order)).imagesPerSecond;
  if (python === undefined) return measurement(what, 'images/s', await inTurns(rounds, Math.max, ours, undefined));
  const values = [await ours()];
  const others = new Map<PeerWay, number[]>();
  for (const way of Object.keys(peerWays) as PeerWay[]) {
    const result = await peerSteps(python, order, way);
    others.set(way, result === undefined ? [] : [result.imagesPerSecond]);
  }
  const best = (way: PeerWay) => Math.max(0, ...others.get(way)!);
  for (let round = 1; round < rounds; round++) {
    values.push(await ours());
    const fastest = [...others.keys()].reduce((a, b) => (best(b) > best(a) ? b : a));
    const result = await peerSteps(python, order, fastest);
    if (result !== undefined) others.get(fastest)!.push(result.imagesPerSecond);
  }
  const told = [...others.keys()].map((way) => `${way} ${best(way) === 0 ? 'crashes' : best(way).toPrecision(4)}`);
  const pair: Pair = [Math.max(...values), Math.max(...[...others.keys()].map(best))];
  return { ...measurement(what, 'images/s', pair), note: `PyTorch: ${told.join('; ')}` };
}

/** Runs eager PyTorch in the channels-last layout, or in the contiguous one if that crashes. */
async function eagerPeer(python: string, order: StepsOrder): Promise<PeerResult> {
  const result = (await peerSteps(python, order, 'channels last')) ?? (await peerSteps(python, order, 'contiguous'));
  if (result === undefined) throw new Error('PyTorch crashes in both layouts');
  return result;
}

/** Measures both sides in turns, so that other load on the machine affects both, and keeps the best of each. */
async function inTurns(
  rounds: number,
  best: (...values: number[]) => number,
  ours: () => Promise<number>,
  other: (() => Promise<number>) | undefined,
): Promise<Pair> {
  const values: number[] = [];
  const others: number[] = [];
  for (let round = 0; round < rounds; round++) {
    values.push(await ours());
    if (other !== undefined) others.push(await other());
  }
  return [best(...values), others.length === 0 ? null : best(...others)];
}

/** Returns the training of a network on some images of Fashion-MNIST, which are prepared if necessary. */
async function fashionTask(
  directory: string,
  network: Network,
  { images, ...protocol }: { images: number; epochs: number; batchSize?: number },
): Promise<TrainingTask> {
  const selection = datasetSelectionSchema.parse({
    dataset: 'fashion-mnist',
    trainingImages: images,
    validationImages: 64,
    testImages: 64,
  });
  const prepared = await prepareDataset(selection, { seed: 0, directory: join(directory, 'data') });
  return {
    runKey: 'bench',
    architecture: architectureOf(network),
    datasetDirectory: prepared.directory,
    protocol: protocolSchema.parse({ ...protocol, batchNorm: { preciseImages: 0 } }),
    seed: 0,
    workDirectory: join(directory, 'work'),
    device: { kind: 'cpu', threads },
    tensorBoard: false,
  };
}

import type { Layer } from '../design-space/layers.ts';
import { bitsOf, CompiledModel, type Inputs } from './compiled-model.ts';
import { flatValues } from './flat-state.ts';
import { compileEvaluationGraph } from './graph/evaluation-graph.ts';
import { stateLayout, type StateLayout } from './graph/state-layout.ts';
import { packedPixels } from './packed-pixels.ts';
import type { RunningProtocol } from './protocol.ts';
import type { BatchImages, DatasetDescription, EvaluationSums, NetworkState } from './session.ts';
import type { Samples } from './sampling.ts';
import { samplingOf, sampleForTest, testView, type TestView } from './views.ts';

export interface EvaluationOptions {
  layers: readonly Layer[];
  protocol: RunningProtocol;
  dataset: DatasetDescription;
  /** A folder of the session's own, for the compiled graph. */
  directory: string;
}

/** A network in TensorFlow that is tested and not trained. */
export class EvaluationSession {
  readonly #layout: StateLayout;
  readonly #model: CompiledModel;
  readonly #test: ClassifiedView;

  private constructor(layout: StateLayout, model: CompiledModel, test: ClassifiedView) {
    this.#layout = layout;
    this.#model = model;
    this.#test = test;
  }

  static async open({ layers, protocol, dataset, directory }: EvaluationOptions): Promise<EvaluationSession> {
    const layout = stateLayout(layers);
    const { channels, classes, normalization } = dataset;
    const view = testView(dataset, protocol);
    const sizes = { network: view.size, channels };
    const testSampling = samplingOf(view.rule);
    const graph = compileEvaluationGraph({ layers, layout, protocol, sizes, classes, normalization, testSampling });
    return new EvaluationSession(layout, await CompiledModel.open(directory, graph), { ...view, channels, classes });
  }

  /** Puts weights and running statistics in; what else a state holds is passed over. */
  restore(state: NetworkState): void {
    const { convolutions, others, statistics } = this.#layout;
    this.#model.run('restore', {
      weights: bitsOf(flatValues([...convolutions, ...others], state)),
      statistics: bitsOf(flatValues(statistics, state)),
    });
  }

  /** Loss and errors of images by the running statistics, at the test-time size. */
  evaluate(images: Required<BatchImages>, labels: Int32Array): EvaluationSums {
    return evaluateBatch(this.#model, this.#test, images, labels);
  }

  close(): void {
    this.#model.close();
  }
}

/** How a network sees the images that it is tested on, and what it tells of them. */
export type ClassifiedView = TestView & { channels: number; classes: number };

/** Runs the signatures `loadTest` and `evaluate` of a graph that has them. */
export function evaluateBatch(
  model: CompiledModel,
  view: ClassifiedView,
  { pixels, places }: Required<BatchImages>,
  labels: Int32Array,
): EvaluationSums {
  model.run('loadTest', { pixels: packedPixels(pixels, view.channels) });
  const { sums } = model.run('evaluate', { ...samplesInput('test', sampleForTest(places, view)), labels });
  const [loss, top1Errors, top5Errors] = sums as unknown as [number, number, number];
  return { images: labels.length, loss, top1Errors, top5Errors: view.classes > 5 ? top5Errors : null };
}

/** Samples as they are fed to a graph that takes them under a name. */
export const samplesInput = (
  name: 'training' | 'test',
  { rows, columns, rowWeights, columnWeights }: Samples,
): Inputs => ({
  [`${name}_rows`]: rows,
  [`${name}_columns`]: columns,
  [`${name}_row_weights`]: bitsOf(rowWeights),
  [`${name}_column_weights`]: bitsOf(columnWeights),
});

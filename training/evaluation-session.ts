import type { Layer } from '../design-space/layers.ts';
import { bitsOf, CompiledModel } from './compiled-model.ts';
import { flatValues } from './flat-state.ts';
import { compileEvaluationGraph } from './graph/evaluation-graph.ts';
import { stateLayout, type StateLayout } from './graph/state-layout.ts';
import { testTransform } from './image-transform.ts';
import { packedPixels } from './packed-pixels.ts';
import type { RunningProtocol } from './protocol.ts';
import type { DatasetDescription, EvaluationSums, NetworkState } from './session.ts';

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
  readonly #test: TestView;

  private constructor(layout: StateLayout, model: CompiledModel, test: TestView) {
    this.#layout = layout;
    this.#model = model;
    this.#test = test;
  }

  static async open({ layers, protocol, dataset, directory }: EvaluationOptions): Promise<EvaluationSession> {
    const layout = stateLayout(layers);
    const { imageSize, channels, classes, normalization } = dataset;
    const sizes = { prepared: imageSize, network: protocol.imageSize ?? imageSize, channels };
    const graph = compileEvaluationGraph({ layers, layout, protocol, sizes, classes, normalization });
    return new EvaluationSession(layout, await CompiledModel.open(directory, graph), testView(dataset, protocol));
  }

  /** Puts weights and running statistics in; what else a state holds is passed over. */
  restore(state: NetworkState): void {
    const { convolutions, others, statistics } = this.#layout;
    this.#model.run('restore', {
      weights: bitsOf(flatValues([...convolutions, ...others], state)),
      statistics: bitsOf(flatValues(statistics, state)),
    });
  }

  /** Loss and errors of images (uint8, [n, size, size, channels]) by the running statistics, at the test-time size. */
  evaluate(pixels: Uint8Array, labels: Int32Array): EvaluationSums {
    return evaluateBatch(this.#model, this.#test, pixels, labels);
  }

  close(): void {
    this.#model.close();
  }
}

/** How a network sees the images that it is tested on. */
export interface TestView {
  classes: number;
  /** [1, 8] */
  transform: Float32Array;
}

export function testView({ imageSize, classes }: DatasetDescription, protocol: RunningProtocol): TestView {
  const networkSize = protocol.imageSize ?? imageSize;
  return { classes, transform: testTransform(imageSize, protocol.testShortSide ?? networkSize, networkSize) };
}

/** Runs the signature `evaluate` of a graph that has it. */
export function evaluateBatch(
  model: CompiledModel,
  { classes, transform }: TestView,
  pixels: Uint8Array,
  labels: Int32Array,
): EvaluationSums {
  const { sums } = model.run('evaluate', {
    test_pixels: packedPixels(pixels),
    test_transform: bitsOf(transform),
    labels,
  });
  const [loss, top1Errors, top5Errors] = sums as unknown as [number, number, number];
  return { images: labels.length, loss, top1Errors, top5Errors: classes > 5 ? top5Errors : null };
}

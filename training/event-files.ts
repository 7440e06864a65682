import tf from '@tensorflow/tfjs-node-gpu';
import type { EpochMetrics } from './metrics.ts';

/** TensorBoard event files of a run: the training loss as it goes, and each epoch's figures. */
export class EventFiles {
  readonly #writer: ReturnType<typeof tf.node.summaryFileWriter>;

  constructor(directory: string) {
    this.#writer = tf.node.summaryFileWriter(directory);
  }

  /** @param step optimizer steps since the start of the run */
  step(step: number, loss: number, imagesPerSecond: number): void {
    this.#writer.scalar('loss/training', loss, step);
    this.#writer.scalar('images_per_second', imagesPerSecond, step);
  }

  epoch({ learningRate, validationLoss, validationTop1Error }: EpochMetrics, step: number): void {
    this.#writer.scalar('learning_rate', learningRate, step);
    if (validationLoss !== null) this.#writer.scalar('loss/validation', validationLoss, step);
    if (validationTop1Error !== null) this.#writer.scalar('top_1_error/validation', validationTop1Error, step);
    this.flush();
  }

  flush(): void {
    this.#writer.flush();
  }
}

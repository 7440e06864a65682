import { endOfSession, startOfSession, type Hyperparameters } from './event-messages.ts';
import type { EpochMetrics, EvaluationMetrics } from './metrics.ts';
import { tensorflow } from './tensorflow-binding.ts';

/**
 * TensorBoard event files of a run, written by TensorFlow's summary operations: its hyperparameters, the loss during training, each epoch's
 * metrics, and its test.
 */
export class EventFiles {
  /** The tensor that stands for the writer. */
  readonly #writer: number;

  constructor(directory: string) {
    const { executeOp, TF_ATTR_STRING } = tensorflow();
    const text = (name: string, value: string) => ({ name, type: TF_ATTR_STRING, value });
    const attributes = [text('shared_name', `logdir:${directory}`), text('container', '')];
    this.#writer = executeOp('SummaryWriter', attributes, [], 1)[0]!.id;
    const [queue, flushMillis] = [10, 120_000].map((value) => integer(value));
    this.#run('CreateSummaryFileWriter', string(directory), queue!, flushMillis!, string('.v2'));
  }

  /** @param step optimizer steps since the start of the run */
  step(step: number, loss: number, imagesPerSecond: number): void {
    this.#scalar('loss/training', loss, step);
    this.#scalar('images_per_second', imagesPerSecond, step);
  }

  epoch({ learningRate, validationLoss, validationTop1Error }: EpochMetrics, step: number): void {
    this.#scalar('learning_rate', learningRate, step);
    if (validationLoss !== null) this.#scalar('loss/validation', validationLoss, step);
    if (validationTop1Error !== null) this.#scalar('top_1_error/validation', validationTop1Error, step);
    this.#run('FlushSummaryWriter');
  }

  /** Tells the hyperparameters of the run. */
  begin(hyperparameters: Hyperparameters): void {
    this.#summary(startOfSession(hyperparameters, new Date()));
  }

  /** @param step the last one */
  end({ loss, top1Error, top5Error }: EvaluationMetrics, step: number): void {
    this.#scalar('loss/test', loss, step);
    this.#scalar('top_1_error/test', top1Error, step);
    if (top5Error !== null) this.#scalar('top_5_error/test', top5Error, step);
    this.#summary(endOfSession(new Date()));
  }

  close(): void {
    this.#run('FlushSummaryWriter');
    tensorflow().deleteTensor(this.#writer);
  }

  #summary(serialized: Uint8Array): void {
    const { createTensor, TF_STRING } = tensorflow();
    this.#run('WriteRawProtoSummary', long(0), createTensor([], TF_STRING, [Buffer.from(serialized)]));
    this.#run('FlushSummaryWriter');
  }

  #scalar(tag: string, value: number, step: number): void {
    const { createTensor, TF_FLOAT } = tensorflow();
    this.#run('WriteScalarSummary', long(step), string(tag), createTensor([], TF_FLOAT, Float32Array.of(value)));
  }

  /** Runs an operation on the writer and lets its other inputs go. */
  #run(operation: string, ...inputs: number[]): void {
    const { executeOp, deleteTensor, TF_ATTR_TYPE, TF_FLOAT } = tensorflow();
    const attributes = operation === 'WriteScalarSummary' ? [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }] : [];
    try {
      executeOp(operation, attributes, [this.#writer, ...inputs], 0);
    } finally {
      inputs.forEach((input) => deleteTensor(input));
    }
  }
}

const string = (value: string): number => {
  const { createTensor, TF_STRING } = tensorflow();
  return createTensor([], TF_STRING, [Buffer.from(value)]);
};

const integer = (value: number): number => {
  const { createTensor, TF_INT32 } = tensorflow();
  return createTensor([], TF_INT32, Int32Array.of(value));
};

/** An int64, which the binding takes as two int32, the lower one first. */
const long = (value: number): number => {
  const { createTensor, TF_INT64 } = tensorflow();
  return createTensor([], TF_INT64, Int32Array.of(value | 0, Math.floor(value / 2 ** 32)));
};

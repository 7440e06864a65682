import type { CompiledGraph } from './graph/graph-builder.ts';
import { tensorflow } from './tensorflow-binding.ts';

/** An input of a signature: a vector of int32, or float32 values in a shape. */
export type Input = Int32Array | { values: Float32Array; shape: readonly number[] };

export type Inputs = Record<string, Input>;

/**
 * A compiled graph in its own TensorFlow session, run by its signatures. Calls block until TensorFlow has their results.
 *
 * Inputs of a step are int32, and float32 values are passed as their bits: the binding puts every tensor of another type on the GPU at
 * once, and a session would fetch it back to feed it (tfjs_backend.cc, `CreateTensor` and `RunSavedModel`).
 */
export class CompiledModel {
  readonly #signatures: ReadonlyMap<string, { inputs: Record<string, string>; outputs: Record<string, string> }>;
  #session: number | undefined;

  private constructor(signatures: CompiledGraph['signatures'], session: number) {
    const names = (endpoints: Record<string, { tensor: string }>) =>
      Object.fromEntries(Object.entries(endpoints).map(([key, { tensor }]) => [key, withOutput(tensor)]));
    this.#signatures = new Map(
      Object.entries(signatures).map(([name, { inputs, outputs }]) => [
        name,
        { inputs: names(inputs), outputs: names(outputs) },
      ]),
    );
    this.#session = session;
  }

  /** @param directory a folder of the model's own, for the graph */
  static async open(directory: string, { builder, signatures }: CompiledGraph): Promise<CompiledModel> {
    // Signatures are saved for other programs only; here they are known.
    await builder.save(directory, {});
    return new CompiledModel(signatures, tensorflow().loadSavedModel(directory, 'serve'));
  }

  /** Runs a signature; returns copies of its outputs. */
  run(name: string, inputs: Inputs): Record<string, Float32Array | Int32Array> {
    const { runSavedModel, tensorDataSync, deleteTensor } = tensorflow();
    const signature = this.#signatures.get(name);
    if (signature === undefined) throw new Error(`the graph has no signature ${name}`);
    if (this.#session === undefined) throw new Error('the session is closed');
    const keys = Object.keys(signature.inputs);
    const fed = keys.map((key) => {
      const input = inputs[key];
      if (input === undefined) throw new Error(`${name} must be fed ${key}`);
      return tensorOf(input);
    });
    try {
      const fetched = runSavedModel(
        this.#session,
        fed,
        keys.map((key) => signature.inputs[key]).join(),
        Object.values(signature.outputs).join(),
      );
      return Object.fromEntries(
        Object.keys(signature.outputs).map((key, index) => {
          const { id } = fetched[index]!;
          const values = tensorDataSync(id);
          deleteTensor(id);
          return [key, values];
        }),
      );
    } finally {
      fed.forEach((id) => deleteTensor(id));
    }
  }

  close(): void {
    if (this.#session !== undefined) tensorflow().deleteSavedModel(this.#session);
    this.#session = undefined;
  }
}

/** Views float32 values as int32 with the same bits. */
export const bitsOf = (values: Float32Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, values.length);

function tensorOf(input: Input): number {
  const { createTensor, TF_INT32, TF_FLOAT } = tensorflow();
  return input instanceof Int32Array
    ? createTensor([input.length], TF_INT32, input)
    : createTensor(input.shape, TF_FLOAT, input.values);
}

const withOutput = (tensor: string): string => (tensor.includes(':') ? tensor : `${tensor}:0`);

import { createRequire } from 'node:module';
import { bindingVariable } from '../native/environment.ts';

/** A tensor that the binding holds. */
interface HeldTensor {
  id: number;
  shape: number[];
  /** A `TF_DataType`. */
  dtype: number;
}

/** An attribute of an operation that is run outside a graph. */
interface OperationAttribute {
  name: string;
  /** A `TF_AttrType`. */
  type: number;
  value: string | number | boolean;
}

/**
 * The native half of tfjs-node: TensorFlow's sessions by number and operations by name. Its JavaScript half is not loaded: that would take
 * as long again, only to wrap each tensor once more and to parse what this project has just written.
 */
export interface TensorFlowBinding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_INT64: number;
  readonly TF_STRING: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_Version: string;
  isUsingGpuDevice: () => boolean;
  /** Copies values into a new tensor and returns its number; a string is an array of its bytes. */
  createTensor: (shape: readonly number[], dtype: number, values: Float32Array | Int32Array | Uint8Array[]) => number;
  tensorDataSync: (tensor: number) => Float32Array | Int32Array;
  deleteTensor: (tensor: number) => void;
  executeOp: (
    name: string,
    attributes: readonly OperationAttribute[],
    inputs: readonly number[],
    outputs: number,
  ) => HeldTensor[];
  /** Loads the graph of a SavedModel with the given tags (comma-separated) into a new session and returns its number. */
  loadSavedModel: (directory: string, tags: string) => number;
  deleteSavedModel: (model: number) => void;
  /** Runs a session; tensors are named `<node>:<output>`, comma-separated. */
  runSavedModel: (model: number, inputs: readonly number[], inputNames: string, outputNames: string) => HeldTensor[];
}

let binding: TensorFlowBinding | undefined;

/**
 * Returns TensorFlow, which the first call loads: by then, the environment of the process must include `tensorflowEnvironment()`.
 * @throws Error if the binding or its libraries cannot be loaded
 */
export function tensorflow(): TensorFlowBinding {
  return (binding ??= load());
}

function load(): TensorFlowBinding {
  const path = process.env[bindingVariable];
  if (path === undefined) throw new Error(`${bindingVariable} must be the path of the tfjs binding`);
  return createRequire(import.meta.url)(path) as TensorFlowBinding;
}

import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../core/files/make-folder.ts';
import {
  dataTypes,
  encodedSavedModel,
  type AttributeValue,
  type NodeDefinition,
  type TensorInfo,
  type TensorShape,
} from './saved-model-format.ts';

export type DataType = keyof typeof dataTypes;

/** The name of a node's output: `node` for its first, `node:1` for its second, ... */
export type Tensor = string;

/** A tensor that a signature feeds or fetches; a size of -1 is known only at run time. */
export interface Endpoint {
  tensor: Tensor;
  type: DataType;
  shape: readonly number[];
}

export const floatEndpoint = (tensor: Tensor, ...shape: number[]): Endpoint => ({ tensor, type: 'float32', shape });
export const intEndpoint = (tensor: Tensor, ...shape: number[]): Endpoint => ({ tensor, type: 'int32', shape });

export interface Signature {
  inputs: Record<string, Endpoint>;
  outputs: Record<string, Endpoint>;
}

/** A graph ready to be saved, with its signatures by name. */
export interface CompiledGraph {
  builder: GraphBuilder;
  signatures: Record<string, Signature>;
}

type Attribute =
  | { type: DataType }
  | { int: number }
  | { float: number }
  | { bool: boolean }
  | { string: string }
  | { ints: readonly number[] }
  | { types: readonly DataType[] }
  | { shape: readonly number[] }
  | { tensor: { type: 'float32' | 'int32'; shape: readonly number[]; values: ArrayLike<number> } };

/** Version of the graph format, which tells TensorFlow how to read a graph (TF_GRAPH_DEF_VERSION in core/public/version.h). */
const graphVersion = 1882;

/** Writes a TensorFlow graph node by node and saves it, with signatures, as a SavedModel. */
export class GraphBuilder {
  private readonly nodes: NodeDefinition[] = [];
  private readonly constants = new Map<string, Tensor>();

  /** Adds a node and returns its first output. Control inputs are written `^node`. */
  node(op: string, inputs: readonly Tensor[], attributes: Record<string, Attribute> = {}, name?: string): Tensor {
    const uniqueName = name ?? `${op}_${this.nodes.length}`;
    this.nodes.push({ name: uniqueName, op, input: inputs, attr: sorted(attributes, attributeValue) });
    return uniqueName;
  }

  /** Adds a constant; equal constants share one node. A number is a scalar, an array a vector unless `shape` says otherwise. */
  constant(
    type: 'float32' | 'int32',
    value: number | readonly number[],
    shape: readonly number[] = typeof value === 'number' ? [] : [value.length],
  ): Tensor {
    const values = typeof value === 'number' ? [value] : value;
    const key = `${type} ${shape.join('x')} ${values.join(' ')}`;
    const known = this.constants.get(key);
    if (known !== undefined) return known;
    const tensor = this.data(type, values, shape);
    this.constants.set(key, tensor);
    return tensor;
  }

  /** Adds a constant with its own node, for large values such as weights. */
  data(type: 'float32' | 'int32', values: ArrayLike<number>, shape: readonly number[]): Tensor {
    return this.node('Const', [], { dtype: { type }, value: { tensor: { type, shape, values } } });
  }

  placeholder(name: string, type: DataType, shape: readonly number[]): Tensor {
    return this.node('Placeholder', [], { dtype: { type }, shape: { shape } }, name);
  }

  /** Adds a variable, which keeps its value between runs of the session, and returns its handle. */
  variable(name: string, type: DataType, shape: readonly number[]): Tensor {
    return this.node(
      'VarHandleOp',
      [],
      { dtype: { type }, shape: { shape }, shared_name: { string: name }, container: { string: '' } },
      name,
    );
  }

  /** Writes `saved_model.pb` (temporary name, then rename) into a directory, which is created if it is missing. */
  async save(directory: string, signatures: Record<string, Signature>): Promise<void> {
    const model = encodedSavedModel({
      savedModelSchemaVersion: 1,
      metaGraphs: [
        {
          metaInfoDef: { tags: ['serve'] },
          graphDef: { node: this.nodes, versions: { producer: graphVersion } },
          signatureDef: sorted(signatures, ({ inputs, outputs }) => ({
            inputs: sorted(inputs, tensorInfo),
            outputs: sorted(outputs, tensorInfo),
            methodName: 'tensorflow/serving/predict',
          })),
        },
      ],
    });
    await makeFolder(directory);
    const path = join(directory, 'saved_model.pb');
    await writeFile(`${path}.tmp`, model);
    await rename(`${path}.tmp`, path);
  }
}

/** Maps the entries of a record in alphabetical order, so that equal graphs have equal bytes. */
function sorted<Value, Result>(record: Record<string, Value>, of: (value: Value) => Result): Record<string, Result> {
  const keys = Object.keys(record).sort();
  return Object.fromEntries(keys.map((key) => [key, of(record[key] as Value)]));
}

function attributeValue(attribute: Attribute): AttributeValue {
  if ('type' in attribute) return { type: dataTypes[attribute.type] };
  if ('int' in attribute) return { i: attribute.int };
  if ('float' in attribute) return { f: attribute.float };
  if ('bool' in attribute) return { b: attribute.bool };
  if ('string' in attribute) return { s: Buffer.from(attribute.string) };
  if ('shape' in attribute) return { shape: tensorShape(attribute.shape) };
  if ('ints' in attribute) return { list: { i: attribute.ints } };
  if ('types' in attribute) return { list: { type: attribute.types.map((type) => dataTypes[type]) } };
  const { type, shape, values } = attribute.tensor;
  const content = type === 'float32' ? Float32Array.from(values) : Int32Array.from(values);
  return {
    tensor: {
      dtype: dataTypes[type],
      tensorShape: tensorShape(shape),
      tensorContent: new Uint8Array(content.buffer),
    },
  };
}

const tensorShape = (sizes: readonly number[]): TensorShape => ({ dim: sizes.map((size) => ({ size })) });

const tensorInfo = ({ tensor, type, shape }: Endpoint): TensorInfo => ({
  name: tensor.includes(':') ? tensor : `${tensor}:0`,
  dtype: dataTypes[type],
  tensorShape: tensorShape(shape),
});

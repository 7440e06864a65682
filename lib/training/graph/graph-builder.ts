import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import proto from '@tensorflow/tfjs-node-gpu/dist/proto/api_pb.js';
import { makeFolder } from '../../core/files/make-folder.ts';

export type DataType = 'float32' | 'int32' | 'int64' | 'uint8' | 'bool' | 'bfloat16' | 'float16';

/** The name of a node's output: `node` for its first, `node:1` for its second, ... */
export type Tensor = string;

/** A tensor that a signature feeds or fetches; -1 is a size known only when it runs. */
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

const dataTypes: Record<DataType, number> = {
  float32: proto.DataType['DT_FLOAT'] as number,
  int32: proto.DataType['DT_INT32'] as number,
  int64: proto.DataType['DT_INT64'] as number,
  uint8: proto.DataType['DT_UINT8'] as number,
  bool: proto.DataType['DT_BOOL'] as number,
  bfloat16: proto.DataType['DT_BFLOAT16'] as number,
  // DT_HALF of tensorflow/core/framework/types.proto, which tfjs leaves out.
  float16: 19,
};

/** Writes a TensorFlow graph node by node and saves it, with signatures, as a SavedModel. */
export class GraphBuilder {
  private readonly graph = new proto.GraphDef();
  private readonly constants = new Map<string, Tensor>();
  private nodes = 0;

  constructor() {
    const versions = new proto.VersionDef();
    versions.setProducer(1882);
    this.graph.setVersions(versions);
  }

  /** Adds a node and returns its first output. Control inputs are written `^node`. */
  node(op: string, inputs: readonly Tensor[], attributes: Record<string, Attribute> = {}, name?: string): Tensor {
    const node = new proto.NodeDef();
    const uniqueName = name ?? `${op}_${this.nodes}`;
    this.nodes++;
    node.setName(uniqueName);
    node.setOp(op);
    node.setInputList([...inputs]);
    const map = node.getAttrMap();
    for (const [key, attribute] of Object.entries(attributes)) map.set(key, attributeValue(attribute));
    this.graph.addNode(node);
    return uniqueName;
  }

  /** A constant; equal constants share one node. A number is a scalar, an array a vector unless `shape` says otherwise. */
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

  /** A constant of its own node, for large values such as weights. */
  data(type: 'float32' | 'int32', values: ArrayLike<number>, shape: readonly number[]): Tensor {
    return this.node('Const', [], { dtype: { type }, value: { tensor: { type, shape, values } } });
  }

  placeholder(name: string, type: DataType, shape: readonly number[]): Tensor {
    return this.node('Placeholder', [], { dtype: { type }, shape: { shape } }, name);
  }

  /** A handle of a variable that keeps its value between runs of the session. */
  variable(name: string, type: DataType, shape: readonly number[]): Tensor {
    return this.node(
      'VarHandleOp',
      [],
      { dtype: { type }, shape: { shape }, shared_name: { string: name }, container: { string: '' } },
      name,
    );
  }

  /** Writes `saved_model.pb` (temporary name, then rename) into a directory, which is made where it is missing. */
  async save(directory: string, signatures: Record<string, Signature>): Promise<void> {
    const metaGraph = new proto.MetaGraphDef();
    const info = new proto.MetaGraphDef.MetaInfoDef();
    info.setTagsList(['serve']);
    metaGraph.setMetaInfoDef(info);
    metaGraph.setGraphDef(this.graph);
    for (const [name, signature] of Object.entries(signatures)) {
      const definition = new proto.SignatureDef();
      for (const [key, endpoint] of Object.entries(signature.inputs))
        definition.getInputsMap().set(key, tensorInfo(endpoint));
      for (const [key, endpoint] of Object.entries(signature.outputs))
        definition.getOutputsMap().set(key, tensorInfo(endpoint));
      definition.setMethodName('tensorflow/serving/predict');
      metaGraph.getSignatureDefMap().set(name, definition);
    }
    const model = new proto.SavedModel();
    model.setSavedModelSchemaVersion(1);
    model.addMetaGraphs(metaGraph);
    await makeFolder(directory);
    const path = join(directory, 'saved_model.pb');
    await writeFile(`${path}.tmp`, model.serializeBinary());
    await rename(`${path}.tmp`, path);
  }
}

function attributeValue(attribute: Attribute) {
  const value = new proto.AttrValue();
  if ('type' in attribute) value.setType(dataTypes[attribute.type]);
  else if ('int' in attribute) value.setI(attribute.int);
  else if ('float' in attribute) value.setF(attribute.float);
  else if ('bool' in attribute) value.setB(attribute.bool);
  else if ('string' in attribute) value.setS(Buffer.from(attribute.string).toString('base64'));
  else if ('shape' in attribute) value.setShape(tensorShape(attribute.shape));
  else if ('tensor' in attribute) value.setTensor(constantTensor(attribute.tensor));
  else {
    const list = new proto.AttrValue.ListValue();
    if ('ints' in attribute) list.setIList([...attribute.ints]);
    else list.setTypeList(attribute.types.map((type) => dataTypes[type]));
    value.setList(list);
  }
  return value;
}

function constantTensor({
  type,
  shape,
  values,
}: {
  type: 'float32' | 'int32';
  shape: readonly number[];
  values: ArrayLike<number>;
}) {
  const tensor = new proto.Tensor();
  tensor.setDtype(dataTypes[type]);
  tensor.setTensorShape(tensorShape(shape));
  const content = type === 'float32' ? Float32Array.from(values) : Int32Array.from(values);
  tensor.setTensorContent(new Uint8Array(content.buffer));
  return tensor;
}

function tensorShape(sizes: readonly number[]) {
  const shape = new proto.TensorShape();
  for (const size of sizes) {
    const dimension = new proto.TensorShape.Dim();
    dimension.setSize(size);
    shape.addDim(dimension);
  }
  return shape;
}

function tensorInfo({ tensor, type, shape }: Endpoint) {
  const info = new proto.TensorInfo();
  info.setName(tensor.includes(':') ? tensor : `${tensor}:0`);
  info.setDtype(dataTypes[type]);
  info.setTensorShape(tensorShape(shape));
  return info;
}

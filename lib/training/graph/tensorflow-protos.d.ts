/** The parts of TensorFlow's protocol buffers (tensorflow/core/protobuf, framework) that tfjs-node compiles for JavaScript. */
declare module '@tensorflow/tfjs-node-gpu/dist/proto/api_pb.js' {
  interface MessageMap<Value> {
    set(key: string, value: Value): void;
  }
  class Dim {
    setSize(size: number): void;
  }
  class TensorShape {
    addDim(dim: Dim): void;
    static Dim: typeof Dim;
  }
  class Tensor {
    setDtype(type: number): void;
    setTensorShape(shape: TensorShape): void;
    setTensorContent(bytes: Uint8Array): void;
  }
  class ListValue {
    setIList(values: number[]): void;
    setTypeList(values: number[]): void;
  }
  class AttrValue {
    setType(type: number): void;
    setI(value: number): void;
    setF(value: number): void;
    setB(value: boolean): void;
    setS(base64: string): void;
    setShape(shape: TensorShape): void;
    setTensor(tensor: Tensor): void;
    setList(list: ListValue): void;
    static ListValue: typeof ListValue;
  }
  class NodeDef {
    setName(name: string): void;
    setOp(op: string): void;
    setInputList(inputs: string[]): void;
    getAttrMap(): MessageMap<AttrValue>;
  }
  class VersionDef {
    setProducer(version: number): void;
  }
  class GraphDef {
    setVersions(versions: VersionDef): void;
    addNode(node: NodeDef): void;
  }
  class TensorInfo {
    setName(name: string): void;
    setDtype(type: number): void;
    setTensorShape(shape: TensorShape): void;
  }
  class SignatureDef {
    getInputsMap(): MessageMap<TensorInfo>;
    getOutputsMap(): MessageMap<TensorInfo>;
    setMethodName(name: string): void;
  }
  class MetaInfoDef {
    setTagsList(tags: string[]): void;
  }
  class MetaGraphDef {
    setMetaInfoDef(info: MetaInfoDef): void;
    setGraphDef(graph: GraphDef): void;
    getSignatureDefMap(): MessageMap<SignatureDef>;
    static MetaInfoDef: typeof MetaInfoDef;
  }
  const protos: {
    AttrValue: typeof AttrValue;
    DataType: Record<string, number>;
    GraphDef: typeof GraphDef;
    MetaGraphDef: typeof MetaGraphDef;
    NodeDef: typeof NodeDef;
    SavedModel: new () => {
      setSavedModelSchemaVersion(version: number): void;
      addMetaGraphs(metaGraph: MetaGraphDef): void;
      serializeBinary(): Uint8Array;
    };
    SignatureDef: typeof SignatureDef;
    Tensor: typeof Tensor;
    TensorInfo: typeof TensorInfo;
    TensorShape: typeof TensorShape;
    VersionDef: typeof VersionDef;
  };
  export default protos;
}

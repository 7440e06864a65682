import protobuf from 'protobufjs';

/** Numbers of the graph builder's types in tensorflow/core/framework/types.proto. */
export const dataTypes = {
  float32: 1,
  int32: 3,
  uint8: 4,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  float16: 19,
} as const;

export interface TensorShape {
  dim: { size: number }[];
}

/** One of the fields of `AttrValue`. */
export type AttributeValue =
  | { s: Uint8Array }
  | { i: number }
  | { f: number }
  | { b: boolean }
  | { type: number }
  | { shape: TensorShape }
  | { tensor: { dtype: number; tensorShape: TensorShape; tensorContent: Uint8Array } }
  | { list: { i: readonly number[] } | { type: readonly number[] } };

export interface NodeDefinition {
  name: string;
  op: string;
  input: readonly string[];
  attr: Record<string, AttributeValue>;
}

export interface TensorInfo {
  name: string;
  dtype: number;
  tensorShape: TensorShape;
}

export interface SignatureDefinition {
  inputs: Record<string, TensorInfo>;
  outputs: Record<string, TensorInfo>;
  methodName: string;
}

export interface SavedModel {
  savedModelSchemaVersion: number;
  metaGraphs: {
    metaInfoDef: { tags: string[] };
    graphDef: { node: readonly NodeDefinition[]; versions: { producer: number } };
    signatureDef: Record<string, SignatureDefinition>;
  }[];
}

/** The fields of messages in tensorflow/core/framework and tensorflow/core/protobuf that are written. */
const savedModel = protobuf
  .parse(
    `syntax = "proto3";
    message TensorShapeProto { repeated Dim dim = 2; }
    message Dim { int64 size = 1; }
    message TensorProto { int32 dtype = 1; TensorShapeProto tensor_shape = 2; bytes tensor_content = 4; }
    message ListValue { repeated int64 i = 3; repeated int32 type = 6; }
    message AttrValue {
      oneof value {
        ListValue list = 1;
        bytes s = 2;
        int64 i = 3;
        float f = 4;
        bool b = 5;
        int32 type = 6;
        TensorShapeProto shape = 7;
        TensorProto tensor = 8;
      }
    }
    message NodeDef { string name = 1; string op = 2; repeated string input = 3; map<string, AttrValue> attr = 5; }
    message VersionDef { int32 producer = 1; }
    message GraphDef { repeated NodeDef node = 1; VersionDef versions = 4; }
    message TensorInfo { string name = 1; int32 dtype = 2; TensorShapeProto tensor_shape = 3; }
    message SignatureDef {
      map<string, TensorInfo> inputs = 1;
      map<string, TensorInfo> outputs = 2;
      string method_name = 3;
    }
    message MetaInfoDef { repeated string tags = 4; }
    message MetaGraphDef { MetaInfoDef meta_info_def = 1; GraphDef graph_def = 2; map<string, SignatureDef> signature_def = 5; }
    message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraphDef meta_graphs = 2; }`,
  )
  .root.lookupType('SavedModel');

/** Encodes `saved_model.pb` (tensorflow/core/protobuf/saved_model.proto). */
export const encodedSavedModel = (model: SavedModel): Uint8Array => savedModel.encode(model).finish();

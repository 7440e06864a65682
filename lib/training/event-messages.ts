import protobuf from 'protobufjs';

/**
 * The fields of TensorBoard's messages that are written (tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto,
 * tensorboard/plugins/hparams/plugin_data.proto).
 */
const messages = protobuf.parse(
  `syntax = "proto3";
    message PluginData { string plugin_name = 1; bytes content = 2; }
    message Metadata { PluginData plugin_data = 1; }
    message Dimension { int64 size = 1; }
    message Shape { repeated Dimension dim = 2; }
    message Tensor { int32 dtype = 1; Shape tensor_shape = 2; repeated float float_val = 5; }
    message Value { string tag = 1; oneof value { float simple_value = 2; Tensor tensor = 8; } Metadata metadata = 9; }
    message Summary { repeated Value value = 1; }
    message Event { double wall_time = 1; int64 step = 2; oneof what { string file_version = 3; Summary summary = 5; } }
    message Setting { oneof kind { double number_value = 2; string string_value = 3; bool bool_value = 4; } }
    message Start { map<string, Setting> hparams = 1; string group_name = 4; double start_time_secs = 5; }
    message End { int32 status = 1; double end_time_secs = 2; }
    message Plugin { int32 version = 1; oneof data { Start session_start_info = 3; End session_end_info = 4; } }`,
  { keepCase: true },
).root;

const encoded = (type: string, message: object): Uint8Array => {
  const found = messages.lookupType(type);
  return found.encode(found.fromObject(message)).finish();
};

/** A setting of a run, for TensorBoard's table of hyperparameters. */
export type Hyperparameters = Readonly<Record<string, string | number | boolean>>;

/** Returns the serialized `Event` that a file begins with. */
export const fileVersion = (at: Date): Uint8Array => event(at, { file_version: 'brain.Event:2' });

/** Serializes an `Event` with numbers by their tags. */
export const scalars = (values: Readonly<Record<string, number>>, step: number, at: Date): Uint8Array =>
  event(at, {
    step,
    summary: { value: Object.entries(values).map(([tag, value]) => ({ tag, simple_value: value })) },
  });

/** Serializes an `Event` with the hyperparameters and the start time of a run. */
export const startOfSession = (hyperparameters: Hyperparameters, at: Date): Uint8Array =>
  pluginEvent('_hparams_/session_start_info', at, {
    session_start_info: {
      hparams: Object.fromEntries(Object.entries(hyperparameters).map(([name, value]) => [name, settingOf(value)])),
      start_time_secs: seconds(at),
    },
  });

/** Serializes an `Event` for the successful end of a run. */
export const endOfSession = (at: Date): Uint8Array =>
  pluginEvent('_hparams_/session_end_info', at, { session_end_info: { status: 1, end_time_secs: seconds(at) } });

const seconds = (at: Date) => at.getTime() / 1000;

const event = (at: Date, what: object) => encoded('Event', { wall_time: seconds(at), ...what });

function settingOf(value: string | number | boolean): object {
  if (typeof value === 'number') return { number_value: value };
  return typeof value === 'string' ? { string_value: value } : { bool_value: value };
}

/**
 * Serializes an `Event` for the plugin, which reads its data from the metadata; the tensor is a placeholder, as in the plugin's own files.
 */
function pluginEvent(tag: string, at: Date, data: object): Uint8Array {
  const content = encoded('Plugin', { version: 0, ...data });
  const tensor = { dtype: 1, tensor_shape: { dim: [{ size: 1 }] }, float_val: [0] };
  return event(at, {
    summary: { value: [{ tag, tensor, metadata: { plugin_data: { plugin_name: 'hparams', content } } }] },
  });
}

import { parseJson } from '../core/json.ts';
import type { Layer } from '../design-space/layers.ts';
import { parametersOf, stateLayout } from './graph/state-layout.ts';
import type { NetworkState } from './session.ts';
import { toPyTorch } from './weight-layout.ts';

/**
 * Writes a trained network as a safetensors file, in PyTorch's layout and with the names of pycls's AnyNet, which loads it with
 * `strict=True`: float32 convolutions [out, in / groups, height, width], linear [out, in], batch norms with their running statistics. The
 * format is eight bytes of length, a JSON header, and the values (https://github.com/huggingface/safetensors).
 * @param metadata text for readers, under `__metadata__`
 * @throws Error if the state lacks an array of the network
 */
export function safetensorsOf(
  layers: readonly Layer[],
  state: NetworkState,
  metadata: Readonly<Record<string, string>>,
): Buffer {
  const layout = stateLayout(layers);
  const header: Record<string, unknown> = { __metadata__: metadata };
  const parts: Buffer[] = [];
  let offset = 0;
  for (const { name, shape, size } of [...parametersOf(layout), ...layout.statistics]) {
    const values = state.get(name);
    if (values?.length !== size) throw new Error(`the state must hold ${size} values of ${name}`);
    const tensor = toPyTorch(values, shape);
    header[name] = { dtype: 'F32', shape: tensor.shape, data_offsets: [offset, offset + 4 * size] };
    parts.push(Buffer.from(tensor.values.buffer, tensor.values.byteOffset, 4 * size));
    offset += 4 * size;
  }
  const json = JSON.stringify(header);
  // Values start at a multiple of eight bytes.
  const text = Buffer.from(json + ' '.repeat((8 - (Buffer.byteLength(json) % 8)) % 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...parts]);
}

/** Whether bytes are a safetensors file, judging by the header. */
export function isSafetensors(content: Buffer): boolean {
  if (content.length < 8 || content.readBigUInt64LE(0) > content.length - 8) return false;
  try {
    const header = parseJson(content.toString('utf8', 8, 8 + Number(content.readBigUInt64LE(0))));
    return typeof header === 'object' && header !== null && !Array.isArray(header);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

import type { Precision } from '../protocol.ts';
import type { DataType } from './graph-builder.ts';

/** Returns the type of activations and convolutions at a precision; tf32 only changes how GPUs multiply float32. */
export function computeType(precision: Precision): DataType {
  return precision === 'bfloat16' || precision === 'float16' ? precision : 'float32';
}

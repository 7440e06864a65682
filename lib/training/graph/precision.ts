import type { Precision } from '../protocol.ts';
import type { DataType } from './graph-builder.ts';

/** Returns the type of activations and convolutions at a precision; tf32 is a way in which GPUs multiply float32. */
export function computeType(precision: Precision): DataType {
  return precision === 'bfloat16' || precision === 'float16' ? precision : 'float32';
}

import type { Precision } from '../protocol.ts';
import type { DataType } from './graph-builder.ts';

/** The type that activations and convolutions have at a precision; tf32 is how a GPU multiplies float32. */
export function computeType(precision: Precision): DataType {
  return precision === 'bfloat16' || precision === 'float16' ? precision : 'float32';
}

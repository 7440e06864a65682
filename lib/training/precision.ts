import { readFileSync } from 'node:fs';
import { describeGpu, type Gpu } from './device.ts';
import { TrainingFailure } from './failures.ts';
import type { Precision, TrainingProtocol } from './protocol.ts';

/** A GPU, or a CPU with or without instructions for bfloat16. */
export type Processor = { kind: 'gpu'; gpu: Gpu } | { kind: 'cpu'; hasBfloat16: boolean };

/** Fastest first; on GPUs with tensor cores, 16-bit types are twice as fast as tf32, and bfloat16 needs no loss scaling. */
const bySpeed: readonly Precision[] = ['bfloat16', 'float16', 'tf32', 'float32'];

/**
 * Says why a processor does not support a precision; undefined if it does. Tensor cores multiply float16 since compute capability 7.0
 * (Volta), bfloat16 and tf32 since 8.0 (Ampere): NVIDIA's CUDA programming guide, "Arithmetic instructions" of each capability. Before 8.0
 * cuDNN has no convolutions of bfloat16, and tf32 would be float32.
 */
export function precisionProblem(precision: Precision, processor: Processor): string | undefined {
  if (precision === 'float32') return undefined;
  if (processor.kind === 'cpu')
    return {
      bfloat16: undefined,
      tf32: 'tf32 needs a GPU: bfloat16 and float32 train on a CPU',
      float16:
        'float16 needs a GPU, as TensorFlow has no gradient of its group convolutions on a CPU: bfloat16 and float32 train there',
    }[precision];
  const needed = precision === 'float16' ? 7 : 8;
  if (processor.gpu.computeCapability[0] >= needed) return undefined;
  return `${precision} needs a GPU of compute capability ${needed}.0 or later, this is ${describeGpu(processor.gpu)}`;
}

/**
 * Returns the precision that a protocol is trained in: the one it names or, with `auto`, the fastest allowed one that the processor
 * supports. A CPU without instructions for bfloat16 supports it, but more slowly than float32.
 * @throws TrainingFailure if the processor supports none of them
 */
export function resolvePrecision(
  { precision, allowedPrecisions }: Pick<TrainingProtocol, 'precision' | 'allowedPrecisions'>,
  processor: Processor,
): Precision {
  const isAllowed = (one: Precision) => allowedPrecisions?.includes(one) ?? true;
  const candidates = precision === 'auto' ? bySpeed.filter(isAllowed) : [precision];
  const possible = candidates.filter((one) => precisionProblem(one, processor) === undefined);
  const isSlow = (one: Precision) => processor.kind === 'cpu' && one === 'bfloat16' && !processor.hasBfloat16;
  const chosen = possible.find((one) => !isSlow(one)) ?? possible[0];
  if (chosen === undefined)
    throw new TrainingFailure('no-gpu', candidates.map((one) => precisionProblem(one, processor)).join('; '));
  return chosen;
}

/** Whether this machine's CPU has instructions for bfloat16: AVX-512 BF16 or AMX on x86, BF16 on Arm. */
export function cpuHasBfloat16(cpuinfo: string = readFileSync('/proc/cpuinfo', 'utf8')): boolean {
  return /^(flags|Features)\s*:.*\b(avx512_bf16|amx_bf16|bf16)\b/m.test(cpuinfo);
}

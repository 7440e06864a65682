import { readFileSync } from 'node:fs';

/** The vector instructions that this project's operations are compiled for. */
export interface InstructionSet {
  name: 'avx512-bf16' | 'avx512' | 'avx2' | 'baseline';
  /** Floats in a vector. */
  lanes: number;
  /** Compiler flags, for both g++ and clang. */
  flags: readonly string[];
}

/** For other processors (SSE2 on x86, NEON on Arm): a vector takes two registers, because it must hold a group of 8 channels. */
const baseline: InstructionSet = { name: 'baseline', lanes: 8, flags: [] };

const avx512 = {
  name: 'avx512',
  lanes: 16,
  flags: ['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mfma', '-mprefer-vector-width=512'],
  needs: ['avx512f', 'avx512bw', 'avx512dq', 'avx512vl', 'fma'],
} as const;

/** Instruction sets of x86 processors, best first, with the flags that /proc/cpuinfo must list. */
const ofX86: readonly (InstructionSet & { needs: readonly string[] })[] = [
  {
    // Can multiply pairs of bfloat16.
    ...{ name: 'avx512-bf16', lanes: 16 },
    flags: [...avx512.flags, '-mavx512bf16'],
    needs: [...avx512.needs, 'avx512_bf16'],
  },
  avx512,
  { name: 'avx2', lanes: 8, flags: ['-mavx2', '-mfma'], needs: ['avx2', 'fma'] },
];

/** Returns the best instruction set of the processor that this process runs on. */
export function instructionSet(cpuinfo: string = readFileSync('/proc/cpuinfo', 'utf8')): InstructionSet {
  const listed = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/));
  const best = ofX86.find(({ needs }) => needs.every((flag) => listed.has(flag)));
  if (best === undefined) return baseline;
  const { name, lanes, flags } = best;
  return { name, lanes, flags };
}

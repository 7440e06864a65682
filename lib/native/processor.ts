import { readFileSync } from 'node:fs';

/** What the vectors of a processor are, as far as own operations are compiled for it. */
export interface InstructionSet {
  name: 'avx512' | 'avx2' | 'baseline';
  /** Floats in a vector. */
  lanes: number;
  /** Of g++ and clang. */
  flags: readonly string[];
}

/** On other processors (SSE2 on x86, NEON on Arm), vectors are two of the processor's: a group of 8 channels must fit. */
const baseline: InstructionSet = { name: 'baseline', lanes: 8, flags: [] };

/** The best first, with what the processor must list in /proc/cpuinfo. */
const ofX86: readonly (InstructionSet & { needs: readonly string[] })[] = [
  {
    name: 'avx512',
    lanes: 16,
    flags: ['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mfma', '-mprefer-vector-width=512'],
    needs: ['avx512f', 'avx512bw', 'avx512dq', 'avx512vl', 'fma'],
  },
  { name: 'avx2', lanes: 8, flags: ['-mavx2', '-mfma'], needs: ['avx2', 'fma'] },
];

/** The instruction set of the processor that this process runs on. */
export function instructionSet(cpuinfo: string = readFileSync('/proc/cpuinfo', 'utf8')): InstructionSet {
  const listed = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/));
  const best = ofX86.find(({ needs }) => needs.every((flag) => listed.has(flag)));
  if (best === undefined) return baseline;
  const { name, lanes, flags } = best;
  return { name, lanes, flags };
}

import type { Distribution } from '../study/distribution.ts';
import type { RandomStream } from '../study/random.ts';

/** Draws one value of a parameter. */
export type Generator = (random: RandomStream) => number;

/**
 * The generator of a distribution. Ranges are pycls' (`pycls/sweep/random.py`): a continuous draw, then quantized such that
 * both ends of the closed range can be drawn.
 */
export function generatorOf(distribution: Distribution): Generator {
  if (distribution.kind === 'values') {
    const { values } = distribution;
    return (random) => values[random.integer(values.length)] as number;
  }
  const { kind, low, high, quantum } = distribution;
  return ranges[kind](low, high, quantum);
}

type Range = (low: number, high: number, quantum: number) => Generator;

/** u in [low, high + q), rounded down. */
const uniform: Range = (low, high, quantum) => {
  const quantized = quantizer(quantum, Math.floor);
  return (random) => quantized(low + (high + quantum - low) * random.uniform());
};

/** exp(u), u uniform in (ln(low - min(q, low / 2)), ln(high)], rounded up. */
const logUniform: Range = (low, high, quantum) => {
  const quantized = quantizer(quantum, Math.ceil);
  const top = Math.log(high);
  const span = top - Math.log(low - Math.min(quantum, low / 2));
  // exp(ln(high)) may exceed high by a rounding error, which rounding up would make a quantum
  return (random) => quantized(Math.min(high, Math.exp(top - span * random.uniform())));
};

/** 2^floor(u), u in [log2 low, log2 high + 1). */
const powerOf2: Range = (low, high, quantum) => {
  const quantized = quantizer(quantum, Math.floor);
  const exponent = Math.log2(low);
  const span = Math.log2(high) + 1 - exponent;
  return (random) => quantized(2 ** Math.floor(exponent + span * random.uniform()));
};

/** Powers of 2 below q, multiples of q from there on; log-uniform over both. */
const powerOf2OrLogUniform: Range = (low, high, quantum) => {
  const power = powerOf2(low, high, low);
  const multiple = logUniform(Math.max(low, quantum), high, Math.min(high, quantum));
  return (random) => {
    const value = power(random);
    return value >= quantum ? multiple(random) : value;
  };
};

/** Normal with six standard deviations from low to high, drawn again outside. */
const normal: Range = (low, high, quantum) => {
  const quantized = quantizer(quantum, Math.round);
  return (random) => quantized(clippedNormal(low, high, random));
};

/** The exponential of a normal with six standard deviations from ln(low) to ln(high), drawn again outside. */
const logNormal: Range = (low, high, quantum) => {
  const quantized = quantizer(quantum, Math.round);
  return (random) => quantized(Math.exp(clippedNormal(Math.log(low), Math.log(high), random)));
};

function clippedNormal(low: number, high: number, random: RandomStream): number {
  for (;;) {
    const value = (low + high) / 2 + ((high - low) / 6) * random.normal();
    if (low <= value && value <= high) return value;
  }
}

/** Rounds to a multiple of the quantum; decimal quanta give the nearest number to the decimal, as 24.5 for 245 times 0.1. */
function quantizer(quantum: number, round: (value: number) => number): (value: number) => number {
  const perUnit = Math.round(1 / quantum);
  return quantum < 1 && Math.abs(perUnit * quantum - 1) < 1e-12
    ? (value) => round(value / quantum) / perUnit
    : (value) => round(value / quantum) * quantum;
}

const ranges: Record<Exclude<Distribution['kind'], 'values'>, Range> = {
  uniform,
  'log-uniform': logUniform,
  'power-of-2': powerOf2,
  'power-of-2-or-log-uniform': powerOf2OrLogUniform,
  normal,
  'log-normal': logNormal,
};

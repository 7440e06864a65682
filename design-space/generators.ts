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
  return ranges[distribution.kind](distribution);
}

/** The closed range that a generator draws from, in multiples of its quantum. */
interface Range {
  low: number;
  high: number;
  quantum: number;
}
type RangeGenerator = (range: Range) => Generator;

/** u in [low, high + q), rounded down. */
const uniform: RangeGenerator = (range) => {
  const { low, high, quantum } = range;
  const quantized = quantizer(range, Math.floor);
  return (random) => quantized(low + (high + quantum - low) * random.uniform());
};

/** exp(u), u uniform in (ln(low - min(q, low / 2)), ln(high)], rounded up. */
const logUniform: RangeGenerator = (range) => {
  const { low, high, quantum } = range;
  const quantized = quantizer(range, Math.ceil);
  const top = Math.log(high);
  const span = top - Math.log(low - Math.min(quantum, low / 2));
  return (random) => quantized(Math.exp(top - span * random.uniform()));
};

/** 2^floor(u), u in [log2 low, log2 high + 1). */
const powerOf2: RangeGenerator = (range) => {
  const { low, high } = range;
  const quantized = quantizer(range, Math.floor);
  const exponent = Math.log2(low);
  const span = Math.log2(high) + 1 - exponent;
  return (random) => quantized(2 ** Math.floor(exponent + span * random.uniform()));
};

/** Powers of 2 below q, multiples of q from there on; log-uniform over both. */
const powerOf2OrLogUniform: RangeGenerator = ({ low, high, quantum }) => {
  const power = powerOf2({ low, high, quantum: low });
  const multiple = logUniform({ low: Math.max(low, quantum), high, quantum: Math.min(high, quantum) });
  return (random) => {
    const value = power(random);
    return value >= quantum ? multiple(random) : value;
  };
};

/** Normal with six standard deviations from low to high, drawn again outside. */
const normal: RangeGenerator = (range) => {
  const { low, high } = range;
  const quantized = quantizer(range, Math.round);
  return (random) => quantized(clippedNormal(low, high, random));
};

/** The exponential of a normal with six standard deviations from ln(low) to ln(high), drawn again outside. */
const logNormal: RangeGenerator = (range) => {
  const { low, high } = range;
  const quantized = quantizer(range, Math.round);
  return (random) => quantized(Math.exp(clippedNormal(Math.log(low), Math.log(high), random)));
};

function clippedNormal(low: number, high: number, random: RandomStream): number {
  for (;;) {
    const value = (low + high) / 2 + ((high - low) / 6) * random.normal();
    if (low <= value && value <= high) return value;
  }
}

/**
 * Rounds to a multiple of the quantum, and into the range: a rounding error of a draw at its ends would otherwise become a
 * whole quantum. Decimal quanta give the nearest number to the decimal, as 24.5 for 245 times 0.1.
 */
function quantizer({ low, high, quantum }: Range, round: (value: number) => number): (value: number) => number {
  const perUnit = Math.round(1 / quantum);
  const isDecimal = quantum < 1 && Math.abs(perUnit * quantum - 1) < 1e-12;
  return (value) => {
    const steps = round(value / quantum);
    return Math.min(high, Math.max(low, isDecimal ? steps / perUnit : steps * quantum));
  };
}

const ranges: Record<Exclude<Distribution['kind'], 'values'>, RangeGenerator> = {
  uniform,
  'log-uniform': logUniform,
  'power-of-2': powerOf2,
  'power-of-2-or-log-uniform': powerOf2OrLogUniform,
  normal,
  'log-normal': logNormal,
};

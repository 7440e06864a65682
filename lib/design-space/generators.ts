import type { Distribution } from './distribution.ts';
import type { RandomStream } from '../core/random.ts';

/** Draws one value of a parameter. */
export type Generator = (rng: RandomStream) => number;

/**
 * Returns the generator of a distribution. Ranges work as in pycls (`pycls/sweep/random.py`): a continuous draw is quantized so that both
 * ends of the closed range can be drawn.
 */
export function generatorOf(distribution: Distribution): Generator {
  if (distribution.kind === 'values') {
    const { values } = distribution;
    return (rng) => values[rng.integer(values.length)]!;
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
  return (rng) => quantized(low + (high + quantum - low) * rng.uniform());
};

/** exp(u), u uniform in (ln(low - min(q, low / 2)), ln(high)], rounded up. */
const logUniform: RangeGenerator = (range) => {
  const { low, high, quantum } = range;
  const quantized = quantizer(range, Math.ceil);
  const top = Math.log(high);
  const span = top - Math.log(low - Math.min(quantum, low / 2));
  return (rng) => quantized(Math.exp(top - span * rng.uniform()));
};

/** 2^floor(u), u in [log2 low, log2 high + 1). */
const powerOf2: RangeGenerator = (range) => {
  const { low, high } = range;
  const quantized = quantizer(range, Math.floor);
  const exponent = Math.log2(low);
  const span = Math.log2(high) + 1 - exponent;
  return (rng) => quantized(2 ** Math.floor(exponent + span * rng.uniform()));
};

/** Powers of 2 below q, multiples of q from q on; log-uniform over both. */
const powerOf2OrLogUniform: RangeGenerator = ({ low, high, quantum }) => {
  const power = powerOf2({ low, high, quantum: low });
  const multiple = logUniform({ low: Math.max(low, quantum), high, quantum: Math.min(high, quantum) });
  return (rng) => {
    const value = power(rng);
    return value >= quantum ? multiple(rng) : value;
  };
};

/** Normal, with six standard deviations from low to high; values outside are redrawn. */
const normal: RangeGenerator = (range) => {
  const { low, high } = range;
  const quantized = quantizer(range, Math.round);
  return (rng) => quantized(clippedNormal(low, high, rng));
};

/** The exponential of a normal, with six standard deviations from ln(low) to ln(high); values outside are redrawn. */
const logNormal: RangeGenerator = (range) => {
  const { low, high } = range;
  const quantized = quantizer(range, Math.round);
  return (rng) => quantized(Math.exp(clippedNormal(Math.log(low), Math.log(high), rng)));
};

function clippedNormal(low: number, high: number, rng: RandomStream): number {
  for (;;) {
    const value = (low + high) / 2 + ((high - low) / 6) * rng.normal();
    if (low <= value && value <= high) return value;
  }
}

/**
 * Returns a function that rounds to a multiple of the quantum and clamps to the range: otherwise a rounding error at the ends of the range
 * could become a whole quantum. Decimal quanta give the number nearest to the decimal, e.g. 24.5 for 245 times 0.1.
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

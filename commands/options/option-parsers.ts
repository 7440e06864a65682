import { InvalidArgumentError } from 'commander';

/** Parses an option's value; throws commander's error, which names the option. */
export function positiveInteger(text: string): number {
  const value = nonNegativeInteger(text);
  if (value < 1) throw new InvalidArgumentError('It must be a positive integer.');
  return value;
}

/** Parses an option's value; throws commander's error, which names the option. */
export function nonNegativeInteger(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return value;
}

/** Returns a parser of whole numbers in a closed range. */
export function integerFrom(low: number, high = Infinity): (text: string) => number {
  return (text) => {
    const value = nonNegativeInteger(text);
    if (value < low || value > high)
      throw new InvalidArgumentError(`It must be at least ${low}${high === Infinity ? '' : ` and at most ${high}`}.`);
    return value;
  };
}

const units = new Map([
  ...Object.entries({ '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 }),
  ...Object.entries({ kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 }),
]);

/** Parses an amount of data: bytes, or with a unit, e.g. `200GB`. */
export function byteSize(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text) ?? [];
  const factor = unit === undefined ? undefined : units.get(unit.toLowerCase());
  if (factor === undefined || Number(digits) === 0)
    throw new InvalidArgumentError(
      'It must be an amount of data above 0, e.g. 200GB (kB, MB, GB, TB, KiB, MiB, GiB, TiB).',
    );
  return Math.round(Number(digits) * factor);
}

/** Parses names that are separated by commas. */
export function names(text: string): string[] {
  const parts = text.split(',').map((name) => name.trim());
  if (parts.includes('')) throw new InvalidArgumentError('It must be a list of names separated by commas.');
  return parts;
}

/** Collects the values of an option that may be given several times. */
export const collect = (value: string, earlier: readonly string[]): string[] => [...earlier, value];

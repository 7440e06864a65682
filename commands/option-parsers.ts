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

/** A parser of whole numbers in a closed range. */
export function integerFrom(low: number, high = Infinity): (text: string) => number {
  return (text) => {
    const value = nonNegativeInteger(text);
    if (value < low || value > high)
      throw new InvalidArgumentError(`It must be at least ${low}${high === Infinity ? '' : ` and at most ${high}`}.`);
    return value;
  };
}

/** Parses names that are separated by commas. */
export function names(text: string): string[] {
  const parts = text.split(',').map((name) => name.trim());
  if (parts.includes('')) throw new InvalidArgumentError('It must be a list of names separated by commas.');
  return parts;
}

/** Collects the values of an option that may be given several times. */
export const collect = (value: string, earlier: readonly string[]): string[] => [...earlier, value];

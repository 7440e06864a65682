import type { Architecture } from './architecture.ts';
import type { Complexity } from './complexity.ts';

/** An architecture of a population. */
export interface NamedArchitecture {
  /** Unique in its population, e.g. `arch-017`. */
  name: string;
  architecture: Architecture;
  complexity?: Complexity;
}

/** The name of an architecture by its position: three digits, more from the thousandth on. */
export function architectureName(index: number): string {
  return `arch-${String(index).padStart(3, '0')}`;
}

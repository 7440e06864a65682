import { architectureIdentity, type Architecture, type NetworkInput } from './architecture.ts';
import type { Complexity } from './complexity.ts';

/** An architecture of a population. */
export interface NamedArchitecture {
  /** Unique in its population, e.g. `arch-017`. */
  name: string;
  architecture: Architecture;
  /** Complexity for the images and classes of the space that it was drawn from. */
  complexity?: Complexity;
}

/** An architecture from a file, with the images and classes that the file says it is for. */
export interface PopulationEntry extends NamedArchitecture {
  network: Partial<NetworkInput>;
}

/** Returns the name of an architecture by its position, with three digits, or more from 1000 on. */
export function architectureName(index: number): string {
  return `arch-${String(index).padStart(3, '0')}`;
}

/** Returns messages about architectures that a population repeats under another name: a study would count one network twice. */
export function repetitions(population: readonly NamedArchitecture[]): string[] {
  const names = new Map<string, string>();
  return population.flatMap(({ name, architecture }) => {
    const identity = architectureIdentity(architecture);
    const earlier = names.get(identity);
    if (earlier !== undefined) return [`${name} must differ from ${earlier}: it is the same architecture`];
    names.set(identity, name);
    return [];
  });
}

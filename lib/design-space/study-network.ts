import { parseJson } from '../core/json.ts';
import { parseWith } from '../core/validation.ts';
import type { Architecture } from './architecture.ts';
import type { Complexity } from './complexity.ts';
import { networkListSchema, type ListedArchitecture, type ListedNetwork } from './listed-network.ts';
import { parsePopulation, serializePopulation } from './population-file.ts';
import type { NamedArchitecture } from './population.ts';

/** The definition of a network of a study: the structure of an AnyNet, or a spec that only its trainer understands. */
export type StudyArchitecture = Architecture | ListedArchitecture;

export const isListed = (architecture: StudyArchitecture): architecture is ListedArchitecture => 'spec' in architecture;

/** A network of a study. */
export interface StudyNetwork {
  /** Unique in its population, e.g. `arch-017` or `resnet50.a1_in1k`. */
  name: string;
  architecture: StudyArchitecture;
  /** Complexity of a drawn AnyNet, for the images and classes of its space. */
  complexity?: Complexity;
  /** The numbers that a list gives for its network, by name. */
  numbers?: Readonly<Record<string, number>>;
}

/** Converts a network of a list to a network of a study. */
export function networkOfList({ name, spec, ...numbers }: ListedNetwork): StudyNetwork {
  const known = Object.entries(numbers).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return { name, architecture: { name, spec }, numbers: Object.fromEntries(known) };
}

export const isAnyNet = (network: StudyNetwork): network is NamedArchitecture => !isListed(network.architecture);

/** Writes the networks of a study as a JSON list, one per line, which `parseNetworks` can read back. */
export function serializeNetworks(networks: readonly StudyNetwork[]): string {
  if (networks.every(isAnyNet)) return serializePopulation(networks);
  const lines = networks.map(({ architecture, numbers }) => JSON.stringify({ ...architecture, ...numbers }));
  return `[\n${lines.join(',\n')}\n]\n`;
}

/**
 * Reads what `serializeNetworks` wrote, or a population of AnyNets in any form of `parsePopulation`.
 * @throws ConfigError naming source, network and field
 */
export function parseNetworks(text: string, source: string): StudyNetwork[] {
  const listed = listIn(text);
  return listed === undefined
    ? parsePopulation(text, source)
    : parseWith(networkListSchema, listed, `${source} is invalid`).map(networkOfList);
}

/** Returns the items of a list of networks with specs; undefined if a text is something else. */
function listIn(text: string): unknown[] | undefined {
  try {
    const value = parseJson(text);
    const [first] = Array.isArray(value) ? (value as unknown[]) : [];
    return typeof first === 'object' && first !== null && 'spec' in first ? (value as unknown[]) : undefined;
  } catch {
    return undefined;
  }
}

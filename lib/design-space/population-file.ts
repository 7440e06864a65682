import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { ConfigError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { parseWith, rule } from '../core/validation.ts';
import { architectureSchema, type NetworkInput } from './architecture.ts';
import { architectureName, type NamedArchitecture, type PopulationEntry } from './population.ts';
import { networkOfPyclsConfig } from './pycls-config.ts';

const nameSchema = z
  .string()
  .max(200)
  .regex(/^[\w.+-]+$/, { error: 'must be letters, digits and . _ + -' })
  .refine((name) => !/^\.+$|^__proto__$/.test(name), rule('must be another name'));

const networkFields = {
  imageSize: z.int().positive().max(65_536).optional(),
  channels: z.int().min(1).max(4).optional(),
  classes: z.int().min(2).max(1_000_000).optional(),
};

/** An architecture, directly or under `architecture`, with its name and network input inside or beside it. */
export const nameAndNetworkSchema = z.strictObject({
  name: nameSchema.optional(),
  ...networkFields,
  /** Written beside an architecture by `sample` and others; ignored, because it is recomputed when needed. */
  complexity: z.unknown().optional(),
  flops: z.unknown().optional(),
  params: z.unknown().optional(),
  acts: z.unknown().optional(),
});

/**
 * Reads a population: architectures as JSON or YAML (one, a list, or a list under `architectures`), NDJSON, or pycls configs as YAML (one
 * or several documents). Each may have a `name`, else it is named by its position; `imageSize`, `channels` and `classes` give the network's
 * input.
 *
 * @param source name of the text in errors, e.g. its file name
 * @throws ConfigError listing all problems at once, each with source, architecture, field with stage, and rule
 */
export function parsePopulation(text: string, source: string): PopulationEntry[] {
  const items = documentsIn(text, source).flatMap(itemsIn);
  if (items.length === 0) throw new ConfigError(`${source} is invalid`, ['it contains no architecture']);
  const problems: string[] = [];
  const entries: PopulationEntry[] = [];
  const positions = new Map<string, number>();
  items.forEach((item, index) => {
    try {
      const entry = parseEntry(item, index);
      const position = positions.get(entry.name);
      if (position !== undefined)
        throw new ConfigError('', [`name must differ from that at position ${position}, got ${entry.name}`]);
      positions.set(entry.name, index);
      entries.push(entry);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems.map((problem) => `${label(item, index)}: ${problem}`));
    }
  });
  if (problems.length > 0) throw new ConfigError(`${source} is invalid`, problems);
  return entries;
}

/** Writes a population as a JSON list, one architecture per line, which `parsePopulation` can read back. */
export function serializePopulation(architectures: readonly NamedArchitecture[], network?: NetworkInput): string {
  const lines = architectures.map(({ name, architecture, complexity }) =>
    JSON.stringify({ name, architecture: { ...architecture, ...network }, complexity }),
  );
  return `[\n${lines.join(',\n')}\n]\n`;
}

/** Parses the JSON or YAML documents of a text. */
function documentsIn(text: string, source: string): unknown[] {
  return /^\s*[[{]/.test(text) && !/[.]ya?ml$/i.test(source)
    ? jsonDocuments(text, source)
    : yamlDocuments(text, source);
}

function jsonDocuments(text: string, source: string): unknown[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const oneALine = lines.length > 1 && isJson(lines[0]!);
  try {
    return oneALine ? lines.map((line) => parseJson(line)) : [parseJson(text)];
  } catch (error) {
    const line = oneALine
      ? `line ${text.split('\n').findIndex((line) => line.trim() !== '' && !isJson(line)) + 1}: `
      : '';
    throw new ConfigError(`${source} is not JSON${oneALine ? ' on every line' : ''}`, [
      `${line}${(error as Error).message}`,
    ]);
  }
}

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}

function parsedYaml(text: string, source: string): ReturnType<typeof parseAllDocuments> {
  try {
    // Its warnings would be printed, although the values that they are about are refused anyway.
    return parseAllDocuments(text, { logLevel: 'error' });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigError(`${source} is neither JSON nor YAML`, ['it is nested too deeply']);
  }
}

function yamlDocuments(text: string, source: string): unknown[] {
  const documents = parsedYaml(text, source);
  const problems = [...documents].flatMap(({ errors }) =>
    errors.map(
      ({ code, message }) =>
        `${message.split('\n')[0]}${code === 'DUPLICATE_KEY' ? ' (separate several configs by a line ---)' : ''}`,
    ),
  );
  if (problems.length > 0) throw new ConfigError(`${source} is neither JSON nor YAML`, problems);
  try {
    // Converted through JSON, which rejects a document that contains itself.
    return [...documents]
      .map((document): unknown => JSON.parse(JSON.stringify(document.toJS())))
      .filter((value) => value !== null);
  } catch (error) {
    throw new ConfigError(`${source} contains YAML aliases that cannot be resolved`, [(error as Error).message]);
  }
}

/** Returns the individual architectures of a document. */
function itemsIn(document: unknown): unknown[] {
  if (Array.isArray(document)) return document;
  return isObject(document) && Array.isArray(document['architectures'])
    ? (document['architectures'] as unknown[])
    : [document];
}

function parseEntry(item: unknown, index: number): PopulationEntry {
  if (!isObject(item)) throw new ConfigError('', [`must be an object, got ${JSON.stringify(item)}`]);
  const fallback = architectureName(index);
  if ('MODEL' in item) {
    const { name = fallback } = parseWith(z.looseObject({ name: nameSchema.optional() }), item, '');
    return { name, ...networkOfPyclsConfig(item, '') };
  }
  const { architecture: nested, ...beside } = 'architecture' in item ? item : { architecture: item };
  if (!isObject(nested)) throw new ConfigError('', [`architecture must be an object, got ${JSON.stringify(nested)}`]);
  const fieldsOf = (isBeside: boolean) =>
    Object.fromEntries(
      Object.entries(nested).filter(([key]) => Object.hasOwn(nameAndNetworkSchema.shape, key) === isBeside),
    );
  const named = parseWith(nameAndNetworkSchema, { ...fieldsOf(true), ...beside }, '');
  return {
    name: named.name ?? fallback,
    architecture: parseWith(architectureSchema, fieldsOf(false), ''),
    network: {
      ...(named.imageSize === undefined ? {} : { imageSize: named.imageSize }),
      ...(named.channels === undefined ? {} : { channels: named.channels }),
      ...(named.classes === undefined ? {} : { classes: named.classes }),
    },
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns the name of an item for errors: its own, or one derived from its position. */
function label(item: unknown, index: number): string {
  const named = isObject(item) && isObject(item['architecture']) ? { ...item['architecture'], ...item } : item;
  return isObject(named) && typeof named['name'] === 'string' ? named['name'] : architectureName(index);
}

import { z } from 'zod';
import { spacePresets } from '../design-space/presets.ts';
import { ConfigError } from '../core/errors.ts';
import { parseWith } from '../core/validation.ts';
import { studyConfigSchema } from '../study/config.ts';
import { applyOverrides } from '../study/overrides.ts';
import { presets } from '../study/presets.ts';
import { designSpaceSchema, type DesignSpace } from '../design-space/space-config.ts';
import { readInputJson } from '../files/read-input.ts';

/** What to sample from, and what the source says of how. */
export interface SpaceSource {
  space: DesignSpace;
  /** Of a study. */
  count?: number;
  seed?: number;
}

export interface SpaceOptions {
  /** A design space's or a study's. */
  preset?: string;
  /** A file with a design space, `{description, space}`, or a study config. */
  config?: string;
  /** Assignments on top, e.g. `stemWidth=16`: fields of the space, or of the study config. */
  set: string[];
}

/**
 * The design space that the user names; the paper's where none is.
 * @throws ConfigError that names the option, or the field of the document
 */
export async function spaceFrom({ preset, config, set }: SpaceOptions): Promise<SpaceSource> {
  if (preset !== undefined && config !== undefined)
    throw new ConfigError('--preset and --config exclude each other', ['give one of them']);
  const document =
    config === undefined ? presetDocument(preset ?? 'anynetx') : unwrapped(await readInputJson('--config', config));
  return parseSource(applyOverrides(document, set));
}

function presetDocument(name: string): unknown {
  const document = spacePresets.get(name)?.space ?? presets.get(name);
  if (document === undefined)
    throw new ConfigError('--preset is invalid', [
      `must be one of ${[...spacePresets.keys(), ...presets.keys()].join(', ')}, got ${JSON.stringify(name)}`,
    ]);
  return document;
}

/** The space in a document as design-space/presets has them; any other as it is. */
function unwrapped(document: unknown): unknown {
  if (!has(document, 'space')) return document;
  const presetSchema = z.strictObject({ description: z.string().optional(), space: z.unknown() });
  return parseWith(presetSchema, document, '--config is invalid').space;
}

const has = (document: unknown, field: string) =>
  typeof document === 'object' && document !== null && field in document;

function parseSource(document: unknown): SpaceSource {
  if (has(document, 'population')) {
    const { population, seeds } = parseWith(studyConfigSchema, document, 'The study config is invalid');
    if (population.source === 'file')
      throw new ConfigError('The study config is invalid', [
        `population.source must be "sample" to sample from it, got "file" (${population.path})`,
      ]);
    return { space: population.space, count: population.count, seed: seeds.population };
  }
  return { space: parseWith(designSpaceSchema, document, 'The design space is invalid') };
}

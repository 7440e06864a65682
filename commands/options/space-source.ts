import { z } from 'zod';
import { spacePresets } from '../../lib/design-space/presets.ts';
import { ConfigError } from '../../lib/core/errors.ts';
import { parseWith } from '../../lib/core/validation.ts';
import { studyConfigSchema } from '../../lib/study/config.ts';
import { applyOverrides } from '../../lib/study/overrides.ts';
import { presets } from '../../lib/study/presets.ts';
import { designSpaceSchema, type DesignSpace } from '../../lib/design-space/space-config.ts';
import { readInputJson } from '../../lib/core/files/read-input.ts';

/** The space to sample from, and the number of samples and the seed if the source gives them. */
export interface SpaceSource {
  space: DesignSpace;
  /** Set if the source is a study. */
  count?: number;
  seed?: number;
}

export interface SpaceOptions {
  /** Name of a preset: a design space or a study. */
  preset?: string;
  /** A file with a design space, `{description, space}`, or a study config. */
  config?: string;
  /** Assignments, e.g. `stemWidth=16`, that change fields of the space or of the study config. */
  set: string[];
}

/**
 * Returns the design space that the options name; the paper's if they name none.
 * @throws ConfigError naming the option, or the field in the document
 */
export async function spaceFrom({ preset, config, set }: SpaceOptions): Promise<SpaceSource> {
  if (preset !== undefined && config !== undefined)
    throw new ConfigError('--preset and --config exclude each other', ['give only one of them']);
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

/** Returns the space in a document of the form used in lib/design-space/presets; any other document unchanged. */
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
    if (population.source !== 'sample')
      throw new ConfigError('The study config is invalid', [
        `population.source must be "sample" to sample from it, got ${JSON.stringify(population.source)}`,
      ]);
    return { space: population.space, count: population.count, seed: seeds.population };
  }
  return { space: parseWith(designSpaceSchema, document, 'The design space is invalid') };
}

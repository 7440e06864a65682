import { spacePresets } from '../design-space/presets.ts';
import { ConfigError, parseWith, studyConfigSchema } from '../study/config.ts';
import { applyOverrides } from '../study/overrides.ts';
import { presets } from '../study/presets.ts';
import { designSpaceSchema, type DesignSpace } from '../study/space-config.ts';
import { readInputJson } from './input.ts';

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
  /** Assignments on top, e.g. `stemWidth=16`; paths as in the document. */
  set: string[];
}

/**
 * The design space that the user names; the paper's where none is.
 * @throws ConfigError that names the option, or the field of the document
 */
export async function spaceFrom({ preset = 'anynetx', config, set }: SpaceOptions): Promise<SpaceSource> {
  const document = config === undefined ? presetDocument(preset) : await readInputJson('--config', config);
  return parseSource(applyOverrides(document, set));
}

function presetDocument(name: string): unknown {
  const document = spacePresets.get(name)?.space ?? presets.get(name);
  if (document === undefined)
    throw new ConfigError('--preset does not hold', [
      `must be one of ${[...spacePresets.keys(), ...presets.keys()].join(', ')}, got ${JSON.stringify(name)}`,
    ]);
  return document;
}

function parseSource(document: unknown): SpaceSource {
  const has = (field: string) => typeof document === 'object' && document !== null && field in document;
  if (has('population')) {
    const { population, seeds } = parseWith(studyConfigSchema, document, 'The study config does not hold');
    if (population.source === 'file')
      throw new ConfigError('The study config does not hold', [
        `population.source must be "sample" to sample from it, got "file" (${population.path})`,
      ]);
    return { space: population.space, count: population.count, seed: seeds.population };
  }
  const space = has('space') ? (document as { space: unknown }).space : document;
  return { space: parseWith(designSpaceSchema, space, 'The design space does not hold') };
}

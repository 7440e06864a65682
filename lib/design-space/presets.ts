import anynetx from './presets/anynetx.json' with { type: 'json' };
import anynetxSmall from './presets/anynetx-small.json' with { type: 'json' };
import regnetx from './presets/regnetx.json' with { type: 'json' };

/** A design space that comes with the project, as a document for `designSpaceSchema`, and its purpose. */
export interface SpacePreset {
  description: string;
  space: unknown;
}

export const spacePresets: ReadonlyMap<string, SpacePreset> = new Map<string, SpacePreset>([
  ['anynetx', anynetx],
  ['anynetx-small', anynetxSmall],
  ['regnetx', regnetx],
]);

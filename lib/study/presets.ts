import demonstration from './presets/demonstration.json' with { type: 'json' };
import paperDraws from './presets/paper-draws.json' with { type: 'json' };
import paper from './presets/paper.json' with { type: 'json' };
import quickstart from './presets/quickstart.json' with { type: 'json' };
import { ConfigError } from '../core/errors.ts';

/** The study configs that come with the project, as documents for `parseStudyConfig`. */
export const presets: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['quickstart', quickstart],
  ['demonstration', demonstration],
  ['paper', paper],
  ['paper-draws', paperDraws],
]);

/** Returns the preset with a name; throws a `ConfigError` that lists the presets if there is none. */
export function preset(name: string): unknown {
  const document = presets.get(name);
  if (document === undefined)
    throw new ConfigError('--preset is invalid', [
      `must be one of ${[...presets.keys()].join(', ')}, got ${JSON.stringify(name)}`,
    ]);
  return document;
}

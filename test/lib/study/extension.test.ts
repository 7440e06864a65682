import { describe, expect, test } from 'vitest';
import { catalogue } from '../../../lib/datasets/catalogue/index.ts';
import { parseStudyConfig, type StudyConfig } from '../../../lib/study/config.ts';
import {
  extendConfig,
  extensionInWords,
  isEmptyExtension,
  missingExtension,
  type StudyExtensionInput,
} from '../../../lib/study/extension.ts';
import { preset } from '../../../lib/study/presets.ts';
import { commandStudy } from './command-study.ts';

const listed = parseStudyConfig(commandStudy(), catalogue);
const missing = (extension: StudyExtensionInput, config: StudyConfig = listed) =>
  missingExtension(config, extension, catalogue);
const more = { name: 'more', spec: [1], params: 7 };

describe('extending a list of networks', () => {
  test('appends those that it does not have', () => {
    const extension = missing({
      networks: [{ name: 'timm/vit_tiny', spec: 'anything', flops: 3e6, params: 3000 }, more],
    });
    expect(extension).toEqual({ networks: [more], datasets: [] });
    const { population } = extendConfig(listed, extension);
    expect(population).toEqual({
      source: 'list',
      networks: [...(listed.population.source === 'list' ? listed.population.networks : []), more],
    });
    expect(extensionInWords(listed, extension)).toBe('extended by 1 network');
  });

  test('twice is the same as once', () => {
    const once = extendConfig(listed, missing({ networks: [more] }));
    const again = missing({ networks: [more] }, once);
    expect(isEmptyExtension(again)).toBe(true);
    expect(extendConfig(once, again)).toEqual(once);
    expect(extensionInWords(once, again)).toBe('extended by nothing new');
  });

  test('with datasets extends both', () => {
    const extension = missing({ networks: [more], datasets: [{ dataset: 'mnist', classes: 3 }] });
    expect(extensionInWords(listed, extension)).toBe('extended by 1 network and mnist/3-classes');
  });

  test.each<[what: string, extension: StudyExtensionInput, message: string, config?: StudyConfig]>([
    [
      'another spec',
      { networks: [{ name: 'small', spec: { width: 9 } }] },
      'networks[0].name must be new: the study has another network named small',
    ],
    [
      'another number',
      { networks: [{ name: 'timm/vit_tiny', spec: 'anything', flops: 1, params: 3000 }] },
      'networks[0].name must be new',
    ],
    [
      'two of a name',
      { networks: [more, more] },
      'networks[1].name must differ from that of the network at position 0, got "more"',
    ],
    [
      'a number of architectures',
      { architectures: 9 },
      'architectures must be absent: the population is a list, to which networks are added, got 9',
    ],
    ['nothing', {}, 'it must name architectures, networks or datasets'],
    [
      'too many at once',
      { networks: Array.from({ length: 20 }, (_, n) => ({ name: `n${n}`, spec: 'x'.repeat(60_000) })) },
      'networks must be at most 1048576 characters of JSON in total',
    ],
    [
      'networks of a sample',
      { networks: [more] },
      'networks must be absent unless population.source is "list", got 1 networks',
      parseStudyConfig(preset('quickstart'), catalogue),
    ],
  ])('is refused: %s', (_what, extension, message, config) => {
    expect(() => missing(extension, config)).toThrow(message);
  });
});

import { describe, expect, test } from 'vitest';
import { repetitions } from '../../../lib/design-space/population.ts';
import { parsePopulation, serializePopulation } from '../../../lib/design-space/population-file.ts';
import { spacePresets } from '../../../lib/design-space/presets.ts';
import { samplePopulation } from '../../../lib/design-space/sampler.ts';
import { ConfigError } from '../../../lib/core/errors.ts';
import { designSpaceSchema } from '../../../lib/design-space/space-config.ts';

const architecture = {
  stem: 'res_stem_cifar',
  stemWidth: 16,
  depths: [1, 2],
  widths: [16, 32],
  strides: [1, 2],
  bottleneckRatios: [1, 2],
  groupWidths: [8, 4],
};
const complete = { ...architecture, blockType: 'res_bottleneck_block' };
const anynet = `
MODEL: {TYPE: anynet, NUM_CLASSES: 10}
ANYNET:
  STEM_TYPE: res_stem_cifar
  STEM_W: 16
  DEPTHS: [1, 2]
  WIDTHS: [16, 32]
  STRIDES: [1, 2]
  BOT_MULS: [1.0, 0.5]
  GROUP_WS: [8, 4]
TRAIN: {DATASET: cifar10, IM_SIZE: 32}
OPTIM: {BASE_LR: 0.1}
`;

/** The lines of the error that a text raises, without the first. */
function problems(text: string, source = 'nets.json'): readonly string[] {
  try {
    parsePopulation(text, source);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('a population file', () => {
  const expected = [
    { name: 'arch-000', architecture: complete, network: {} },
    { name: 'wide', architecture: { ...complete, widths: [32, 64] }, network: { imageSize: 28, classes: 5 } },
  ];
  const items = [architecture, { name: 'wide', ...architecture, widths: [32, 64], imageSize: 28, classes: 5 }];

  test.each([
    ['a JSON list', JSON.stringify(items, null, 2)],
    ['NDJSON', items.map((item) => JSON.stringify(item)).join('\n') + '\n\n'],
    ['a JSON list under "architectures"', JSON.stringify({ architectures: items })],
    [
      'objects with an architecture inside',
      JSON.stringify([{ architecture: items[0] }, { architecture: items[1], complexity: { flops: 1 } }]),
    ],
    ['YAML', `- ${JSON.stringify(items[0])}\n- ${JSON.stringify(items[1])}\n`],
  ])('may be %s', (_form, text) => {
    expect(parsePopulation(text, 'nets')).toEqual(expected);
  });

  test('may be a single architecture', () => {
    expect(parsePopulation(JSON.stringify(architecture), 'net.json')).toEqual(expected.slice(0, 1));
  });

  test('reads bottlenecks and groups of blocks that have none as 1: equal networks are equal', () => {
    const vanilla = { ...architecture, blockType: 'vanilla_block' };
    const [a, b] = parsePopulation(
      JSON.stringify([vanilla, { ...vanilla, bottleneckRatios: [1, 1], groupWidths: [1, 1] }]),
      'nets.json',
    );
    expect(a!.architecture).toEqual(b!.architecture);
    expect(repetitions([a!, b!])).toEqual(['arch-001 must differ from arch-000: it is the same architecture']);
  });

  test('is read back as it was written', async () => {
    const { architectures } = await samplePopulation(designSpaceSchema.parse(spacePresets.get('regnetx')!.space), {
      count: 10,
      seed: 0,
    });
    const network = { imageSize: 224, channels: 3, classes: 1000 };
    const entries = parsePopulation(serializePopulation(architectures, network), 'sample.json');
    expect(entries).toEqual(architectures.map(({ name, architecture }) => ({ name, architecture, network })));
  });
});

describe('a pycls config', () => {
  test('of AnyNet gives its architecture, image size and classes; ratios are 1 over its multipliers', () => {
    expect(parsePopulation(anynet, 'net.yaml')).toEqual([
      { name: 'arch-000', architecture: complete, network: { imageSize: 32, classes: 10 } },
    ]);
  });

  test('may stand beside others in one file', () => {
    const regnet = 'MODEL: {TYPE: regnet}\nREGNET: {DEPTH: 22, W0: 24, WA: 24.48, WM: 2.54, GROUP_W: 16}\n';
    const [first, second] = parsePopulation(`${anynet}---\n${regnet}`, 'nets.yaml');
    expect(first!.architecture).toEqual(complete);
    expect(second).toMatchObject({ name: 'arch-001', architecture: { stem: 'simple_stem_in', depths: [1, 2, 7, 12] } });
  });

  test.each([
    ['without them', ''],
    ['whatever they say, as in pycls', '  BOT_MULS: [2.0]\n  GROUP_WS: [0, 0, 0]\n'],
  ])('reads no bottlenecks and groups for blocks that have none, %s', (_how, lists) => {
    const text = anynet.replace(/ {2}BOT_MULS.*\n {2}GROUP_WS.*\n/, `  BLOCK_TYPE: res_basic_block\n${lists}`);
    expect(parsePopulation(text, 'net.yaml')[0]!.architecture).toMatchObject({
      blockType: 'res_basic_block',
      bottleneckRatios: [1, 1],
      groupWidths: [1, 1],
    });
  });

  test("has pycls' image size and classes if it names none, and may have a name", () => {
    const [network] = parsePopulation('name: regnet-default\nMODEL: {TYPE: regnet}\nREGNET: {}\n', 'net.yaml');
    expect(network).toMatchObject({ name: 'regnet-default', network: { imageSize: 224, classes: 10 } });
  });

  test('without a section for its type is refused: it would be another network', () => {
    expect(problems('MODEL: {TYPE: regnet}\nREGNETS: {DEPTH: 22}\n', 'net.yaml')[0]).toContain('REGNET is missing');
  });

  test.each([
    ['STEM_TYPE: res_stem_cifar', 'STEM_TYPE: res_stem_in', 'ANYNET.STEM_TYPE must be one of simple_stem_in'],
    ['BOT_MULS: [1.0, 0.5]', 'BOT_MULS: [1.0, 2]', 'ANYNET.BOT_MULS[1] must be 1 over a whole bottleneck ratio'],
    ['GROUP_WS: [8, 4]', 'GROUP_WS: [8, 5]', 'ANYNET.GROUP_WS[1] of stage 2 must divide the width of its 3x3'],
    ['GROUP_WS: [8, 4]', 'GROUP_WS: [8]', 'ANYNET.GROUP_WS must have one entry for each of the 2 stages'],
    ['STEM_W: 16', 'SE_ON: True', 'ANYNET.SE_ON must be False: squeeze-and-excitation is not supported, got true'],
    ['TYPE: anynet', 'TYPE: effnet', 'MODEL.TYPE must be anynet or regnet, got "effnet"'],
    ['STRIDES: [1, 2]', '', 'ANYNET.STRIDES is missing: it must be of type array'],
    ['STEM_W: 16', 'STEM_WIDTH: 16', 'ANYNET must not have "STEM_WIDTH": there is no such field'],
    ['NUM_CLASSES: 10', 'NUM_CLASES: 10', 'MODEL must not have "NUM_CLASES": there is no such field'],
    ['NUM_CLASSES: 10', 'SCALING_FACTOR: 2', 'MODEL.SCALING_FACTOR must be 1: scaled networks are not supported'],
    ['ANYNET:', 'ANYNETS:', 'ANYNET is missing: it must be of type object'],
  ])('%s -> %s is refused', (text, replacement, problem) => {
    const lines = problems(anynet.replace(text, replacement), 'net.yaml');
    expect(lines[0]).toContain(`arch-000: ${problem}`);
  });
});

describe('a population that is invalid', () => {
  test('names every architecture, stage and rule at once', () => {
    const broken = [
      { ...architecture, widths: [16, 33] },
      { name: 'deep', ...architecture, depths: [1, 0] },
      { name: 'short', architecture: { ...architecture, strides: [1] } },
      { ...architecture, stem: 'res_stem_in', groups: 4 },
      5,
    ];
    expect(problems(JSON.stringify(broken))).toEqual([
      'arch-000: widths[1] of stage 2 must be divisible by its bottleneck ratio (2), got 33',
      expect.stringContaining('deep: depths[1] '),
      'short: strides must have one entry for each of the 2 stages of depths, got 1',
      expect.stringContaining('arch-003: stem '),
      expect.stringContaining('arch-003: (the whole document) must not have "groups": there is no such field'),
      'arch-004: must be an object, got 5',
    ]);
  });

  test('has a name twice, or one that is no word', () => {
    expect(
      problems(
        JSON.stringify([
          { name: 'a', ...architecture },
          { name: 'a', ...architecture },
        ]),
      ),
    ).toEqual(['a: name must differ from that at position 0, got a']);
    expect(problems(JSON.stringify({ name: 'a/b', ...architecture }))[0]).toContain('must be letters, digits');
  });

  test('has no architecture, or is no text of a known form', () => {
    expect(problems('[]')).toEqual(['it contains no architecture']);
    expect(problems('{"stem": ')[0]).toMatch(/JSON/);
    expect(problems('{}\n{"stem"}\n')[0]).toMatch(/^line 2: /);
    expect(problems('a: [1\nb: 2', 'nets.yaml')).not.toEqual([]);
  });

  test('has a field beside an architecture that is not known', () => {
    const named = { name: 'a', architecture, image_size: 32, Classes: 10 };
    expect(problems(JSON.stringify([named]))).toEqual([
      'a: (the whole document) must not have "image_size", "Classes": there is no such field',
    ]);
    const counted = { name: 'a', architecture, complexity: { flops: 1 }, flops: 1, params: 2, acts: 3 };
    expect(problems(JSON.stringify([counted]))).toEqual([]);
    expect(problems(JSON.stringify({ ...architecture, flops: 1, params: 2, acts: 3 }))).toEqual([]);
  });

  test.each([
    ['an alias of nothing', 'a: *nope'],
    ['an alias of itself', '&a [*a]'],
    [
      'aliases that grow without end',
      'a: &a [x, x]\n' +
        [...'bcdefghijkl']
          .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghijkl'[i]}`).join(', ')}]`)
          .join('\n'),
    ],
  ])('holds %s', (_what, text) => {
    expect(() => parsePopulation(text, 'nets.yaml')).toThrow(ConfigError);
  });

  test('has the configs of several networks without a line between them', () => {
    expect(problems(`${anynet}${anynet}`, 'nets.yaml')[0]).toContain('separate several configs by a line ---');
  });

  test('is deeper than any network', () => {
    const deep = JSON.stringify({ ...architecture, depths: [1, 1_000_000_000] });
    expect(problems(deep)[0]).toMatch(/^arch-000: depths\[1\] .*1000, got 1000000000$/);
    expect(problems('MODEL: {TYPE: regnet}\nREGNET: {DEPTH: 1000000000}', 'net.yaml')[0]).toContain('REGNET.DEPTH');
  });

  test('is described in twenty lines at most, none of them long', () => {
    const text = JSON.stringify(Array.from({ length: 50 }, () => 'x'.repeat(10_000)));
    let message = '';
    try {
      parsePopulation(text, 'nets.json');
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message.split('\n')).toHaveLength(22);
    expect(message).toMatch(/ {2}and 30 more$/);
    expect(message.length).toBeLessThan(11_000);
  });
});

test.each(['..', '__proto__', 'x'.repeat(300)])('an architecture cannot have the name %s', (name) => {
  expect(() => parsePopulation(JSON.stringify([{ ...architecture, name }]), 'p.json')).toThrow(/name must be/);
});

test('widths beyond every network, and nesting without end, are refused', () => {
  const wide = { ...architecture, widths: [2 ** 40, 32] };
  expect(() => parsePopulation(JSON.stringify([wide]), 'p.json')).toThrow(
    'widths[0] must be at most 65536, got 1099511627776',
  );
  expect(() => parsePopulation('['.repeat(1e5), 'p.json')).toThrow('it is nested more than 200 deep');
  expect(() => parsePopulation('['.repeat(1e5), 'p.yaml')).toThrow(ConfigError);
});

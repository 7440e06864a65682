import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../lib/core/errors.ts';
import { parseStudyConfig, protocolFor, studyConfigSchema } from '../../../lib/study/config.ts';
import { catalogue as realCatalogue } from '../../../lib/datasets/catalogue/index.ts';
import type { DatasetFacts } from '../../../lib/datasets/selection.ts';
import { applyOverrides } from '../../../lib/study/overrides.ts';
import { datasetLabels, plannedTrainings } from '../../../lib/study/plan.ts';
import { preset, presets } from '../../../lib/study/presets.ts';
import { protocolSchema } from '../../../lib/training/protocol.ts';

const facts = (name: string): DatasetFacts => ({
  name,
  title: name,
  classes: 10,
  channels: 1,
  imageSize: 28,
  trainingImages: 60_000,
  testImages: 10_000,
});
const catalogue = [facts('mnist'), facts('fashion-mnist')];
const quickstart = (...assignments: string[]) =>
  parseStudyConfig(applyOverrides(preset('quickstart'), assignments), catalogue);

/** The lines of the ConfigError that a config raises. */
function problemsOf(...assignments: string[]): readonly string[] {
  try {
    quickstart(...assignments);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('a study config', () => {
  test('paper-draws has five more draws of each number of classes, and controls, beside all that paper has', () => {
    const labels = (name: string) => parseStudyConfig(preset(name), realCatalogue).datasets.map(({ label }) => label);
    const [paper, draws] = [labels('paper'), labels('paper-draws')];
    expect(draws).toEqual(expect.arrayContaining(paper));
    expect(draws.filter((label) => !paper.includes(label)).sort()).toEqual(
      [100, 10, 5, 2]
        .flatMap((classes) =>
          [1, 2, 3, 4, 5].flatMap((draw) => {
            const name = `imagenet/${classes}-classes-nested-draw-${draw}`;
            return [name, `${name}-control`];
          }),
        )
        .sort(),
    );
  });

  test('is complete in every preset', () => {
    for (const document of presets.values()) expect(studyConfigSchema.parse(document).description).not.toBe('');
  });

  test('keeps every default when it is parsed again', () => {
    const config = quickstart();
    expect(parseStudyConfig(JSON.parse(JSON.stringify(config)), catalogue)).toEqual(config);
  });

  test.each([
    ['datasets[1].dataset=imagnet', 'datasets[1].dataset must be one of mnist, fashion-mnist, got "imagnet"'],
    ['datasets[2].classes=12', 'datasets[2].classes must be at most 10 (fashion-mnist has 10), got 12'],
    [
      'datasets[0].trainingImages=70000',
      'datasets[0].trainingImages must be at most 60000 (fashion-mnist has 60000), got 70000',
    ],
    [
      'datasets[1].groupedSplits=true',
      'datasets[1].groupedSplits must be false (mnist does not say which images belong together), got true',
    ],
    ['datasets[0].testImages=9', 'datasets[0].testImages must be at least 10, one for each class, got 9'],
    [
      'datasets[1]={"dataset":"fashion-mnist","classes":5,"trainingImages":1500,"validationImages":200,"testImages":1000}',
      'datasets[2] must differ from datasets[1], or have a label of its own: both are fashion-mnist/5-classes',
    ],
    ['reference=cifar10', 'reference must be one of the datasets'],
    [
      'population.space.complexity.flops.low=1e9',
      'population.space.complexity.flops is empty: low must be at most high',
    ],
    ['population.space.width.low=12', 'population.space.width.low must be a multiple of quantum (8), got 12'],
    [
      'protocol.testShortSide=10',
      'protocol.testShortSide must be at least 28 on datasets[0], whose images have that size, got 10',
    ],
    ['protocol.batchSize=1', 'protocol.batchSize must be at least 2: batch normalization'],
    ['protocol.epoch=3', 'protocol must not have "epoch": there is no such field'],
    ['protocol.epochs=0', 'protocol.epochs must be above 0, got 0'],
    ['protocol.epochs=1.5', 'protocol.epochs must be of type integer, got 1.5'],
    ['protocol.optimizer.momentum=2', 'protocol.optimizer.momentum must be at most 1, got 2'],
    [
      'protocol.precision=half',
      'protocol.precision must be one of "float32", "tf32", "bfloat16", "float16", "auto", got "half"',
    ],
    ['datasets=[{}]', 'datasets[0].dataset is missing: it must be of type string'],
    ['protocol.schedule.kind=step', 'protocol.schedule.stepEpochs must name at least one epoch'],
    ['protocol.schedule.warmupEpochs=99', 'protocol.schedule.warmupEpochs must be at most epochs'],
    ['protocol.testShortSide=30', ''],
    ['datasets[1].protocol.epochs=0', 'datasets[1].protocol.epochs'],
    ['name=Quick Start', 'name must be at most 64 letters, digits and the characters ._:-'],
    ['replicates=0', 'replicates'],
    ['protocol.imageSize=70000', 'protocol.imageSize must be at most 4096, got 70000'],
    ['datasets[0].imageSize=70000', 'datasets[0].imageSize must be at most 4096, got 70000'],
    ['protocol.epochs=1000000000', 'protocol.epochs must be at most 100000, got 1000000000'],
    ['protocol.batchSize=1000000000', 'protocol.batchSize must be at most 65536, got 1000000000'],
    ['protocol.optimizer.learningRate=1e308', 'protocol.optimizer.learningRate must be at most 1000, got 1e+308'],
    ['replicates=1000000000', 'replicates must be at most 100000, got 1000000000'],
    ['population.count=1000000000', 'population.count must be at most 100000, got 1000000000'],
    ['analysis.bootstrapResamples=1000000000', 'analysis.bootstrapResamples must be at most 1000000, got 1000000000'],
    ['population.space.stemWidth=1099511627776', 'population.space.stemWidth must be at most 65536, got 1099511627776'],
    ['population.space.width.high=1099511627776', 'population.space.width.high must be at most 65536'],
    ['execution.checkpointMinutes=1e9', 'execution.checkpointMinutes must be at most 10080, got 1000000000'],
    ['seeds.training=9007199254740991', 'seeds.training must be at most 281474976710656'],
    [`datasets[1].label=${'x'.repeat(300)}`, 'datasets[1].label must be at most 120 long'],
    [
      `datasets=${JSON.stringify(Array.from({ length: 1001 }, (_, draw) => ({ dataset: 'mnist', classes: 2, classDraw: draw })))}`,
      'datasets must be at most 1000 long',
    ],
    ['datasets[0].validationImages=6001', 'datasets[0].validationImages must be at most 6000'],
    ['name=..', 'name must be at most 64 letters, digits'],
    ['name=__proto__', 'name must be at most 64 letters, digits'],
  ])('%s: %s', (assignment, expected) => {
    if (expected === '') expect(problemsOf(assignment)).toEqual([]);
    else expect(problemsOf(assignment)[0]).toContain(expected);
  });

  test('refuses more runs than can be collected and analyzed, with what makes them so many', () => {
    expect(problemsOf('population.count=100000', 'replicates=1000')).toEqual([
      'datasets must make at most 1000000 runs with the architectures and replicates, got 100000 x 1000 x 4 = 400000000',
    ]);
  });

  test('takes a name with capitals, dots and underscores, as every id', () => {
    expect(problemsOf('name=Mine_2.v2')).toEqual([]);
  });

  test('refuses test images smaller than what the network sees', () => {
    expect(problemsOf('protocol.imageSize=24', 'protocol.testShortSide=20')).toEqual([
      'protocol.testShortSide must be at least imageSize (24), got 20',
    ]);
  });

  test('refuses a padded crop that is larger than the padded image', () => {
    expect(problemsOf('protocol.imageSize=33')[0]).toBe(
      'protocol.imageSize must be at most 32 on datasets[0] (28 pixels and padding), got 33',
    );
    expect(problemsOf('protocol.imageSize=32')).toEqual([]);
  });

  test('refuses padded crops of whole images, which may be too small for them', () => {
    expect(problemsOf('datasets[1].fit=short-side')[0]).toContain('datasets[1].fit must be "square" for padded crops');
    const sized = ['protocol.augmentation.crop={"kind":"random-sized"}', 'datasets[1].fit=short-side'];
    expect(problemsOf(...sized)).toEqual([]);
  });

  const own = (fields: object) => `datasets[1]=${JSON.stringify({ dataset: 'birds', ...fields })}`;

  test('takes a dataset that it describes itself, of which nothing is known before it is read', () => {
    const folder = quickstart(own({ source: { kind: 'folder', path: 'birds' }, classes: 200, trainingImages: 1e6 }));
    expect(folder.datasets[1]!.source).toEqual({ kind: 'folder', path: 'birds', channels: 3 });
    const table = { kind: 'table', path: 'labels.csv', imageColumn: 'file', labelColumn: 'species', channels: 1 };
    expect(quickstart(own({ source: table })).datasets[1]!.source).toEqual(table);
  });

  test.each([
    [
      { dataset: 'fashion-mnist', source: { kind: 'folder', path: 'x' }, classes: 4 },
      'datasets[1].dataset must be another name if there is a source: the catalogue has fashion-mnist, got "fashion-mnist"',
    ],
    [
      { dataset: '../birds', source: { kind: 'folder', path: 'x' } },
      'datasets[1].dataset must be lower-case letters, digits and dashes, got "../birds"',
    ],
    [{}, 'datasets[1].dataset must be one of mnist, fashion-mnist, got "birds" (a dataset of your own needs a source)'],
    [{ source: { kind: 'zip', path: 'x' } }, 'datasets[1].source.kind must be one of "folder", "table", got "zip"'],
    [{ source: { kind: 'folder' } }, 'datasets[1].source.path is missing: it must be of type string'],
    [
      { source: { kind: 'table', path: 'x', imageColumn: 'a', labelColumn: '' } },
      'datasets[1].source.labelColumn must be at least 1 long, got ""',
    ],
    [{ source: { kind: 'folder', path: 'x', channels: 4 } }, 'datasets[1].source.channels must be'],
  ])('refuses a dataset of its own that is %j', (fields, problem) => {
    const problems = problemsOf(own(fields));
    expect(problems.some((line) => line.includes(problem)) ? problem : problems).toBe(problem);
  });

  test('refuses two sources of the same name, which tables and charts would take for one dataset', () => {
    const birds = (path: string, fields = {}) => ({ dataset: 'birds', source: { kind: 'folder', path }, ...fields });
    const config = (...selections: object[]) => selections.map((one, i) => `datasets[${i + 1}]=${JSON.stringify(one)}`);
    expect(problemsOf(...config(birds('a'), birds('a', { classes: 2 })))).toEqual([]);
    expect(problemsOf(...config(birds('a'), birds('b', { classes: 2 })))).toEqual([
      'datasets[2].source must equal that of datasets[1], as both select from birds; another dataset needs another name',
    ]);
  });

  test('reports every problem at once', () => {
    expect(problemsOf('datasets[2].classes=11', 'datasets[3].classes=12')).toHaveLength(2);
  });
});

describe('the protocol of a dataset', () => {
  test('is the study protocol with the fields of the selection in their place', () => {
    const config = quickstart('datasets[1].protocol={"epochs":7,"optimizer":{"momentum":0.5}}');
    const own = protocolSchema.parse(config.protocol);
    expect(protocolFor(config, config.datasets[1]!)).toEqual({
      ...own,
      epochs: 7,
      optimizer: { ...own.optimizer, momentum: 0.5 },
    });
    expect(protocolFor(config, config.datasets[0]!)).toEqual(config.protocol);
  });

  test.each([
    [
      'protocol.augmentation.crop={"area":[0.5,1]}',
      { kind: 'random-sized', area: [0.5, 1], aspectRatio: [3 / 4, 4 / 3] },
    ],
    ['protocol.augmentation.crop={"padding":3}', { kind: 'pad', padding: 3 }],
    ['protocol.augmentation.crop={}', { kind: 'random-sized', area: [0.08, 1], aspectRatio: [3 / 4, 4 / 3] }],
  ])('has the crop that its fields belong to: %s', (assignment, crop) => {
    expect(quickstart(assignment).protocol).toMatchObject({ augmentation: { crop } });
  });

  test('takes a crop of another kind whole', () => {
    const config = studyConfigSchema.parse(preset('paper'));
    const cifar = config.datasets.find(({ dataset }) => dataset === 'cifar10')!;
    expect(protocolFor(config, cifar)).toMatchObject({ augmentation: { crop: { kind: 'pad', padding: 4 } } });
  });
});

describe('--set', () => {
  test('takes JSON values, and text if the value is not JSON', () => {
    expect(applyOverrides({ a: { b: [1, 2] } }, ['a.b[1]=5', 'a.c=text', 'd.e=true', 'a.b.2={"f":1}'])).toEqual({
      a: { b: [1, 5, { f: 1 }], c: 'text' },
      d: { e: true },
    });
  });

  test.each(['a', '=1', 'a..b=1', 'a.b.c=1', 'list[3]=1', 'list.x=1', '__proto__.x=1'])('refuses %s', (assignment) => {
    expect(() => applyOverrides({ a: { b: 1 }, list: [0] }, [assignment])).toThrow(ConfigError);
  });

  test('leaves the document it starts from alone', () => {
    const document = { a: 1 };
    applyOverrides(document, ['a=2']);
    expect(document).toEqual({ a: 1 });
  });
});

describe('the plan', () => {
  test('trains every architecture once before any is trained again', () => {
    const config = quickstart('replicates=2', 'seeds.training=5');
    expect(
      plannedTrainings(config, ['arch-000', 'arch-001']).map(({ architectureName, seed }) => [architectureName, seed]),
    ).toEqual([
      ['arch-000', 5],
      ['arch-001', 5],
      ['arch-000', 6],
      ['arch-001', 6],
    ]);
  });

  test('takes subsets of classes by number, draw or name, and controls for them', () => {
    const added = (fields: object) => `datasets[4]=${JSON.stringify({ dataset: 'mnist', ...fields })}`;
    for (const fields of [
      { classes: 3, classDraw: 2, nestedClasses: true },
      { classes: ['3', '5'] },
      { controlFor: { classes: 3 } },
      { unreadableShare: 0 },
    ])
      expect(problemsOf(added(fields))).toEqual([]);
    for (const [fields, problem] of [
      [{ classes: ['3'] }, 'datasets[4].classes must be at least 2 long'],
      [{ controlFor: { classes: 11 } }, 'datasets[4].controlFor.classes must be at most 10 (mnist has 10), got 11'],
      [{ controlFor: { classes: 3 }, classes: 2 }, 'datasets[4].classes must be absent if there is controlFor'],
      [{ classDraw: 2 }, 'datasets[4].classDraw and nestedClasses must be absent if classes are not drawn'],
      [{ classes: ['3', '5'], nestedClasses: true }, 'datasets[4].classDraw and nestedClasses must be absent'],
      [{ controlFor: { classes: ['3', '5'], classDraw: 1 } }, 'datasets[4].controlFor.classDraw and nestedClasses'],
      [{ label: 'A b' }, 'datasets[4].label must be lower-case letters, digits and dashes, in parts separated by /'],
    ] as const)
      expect(problemsOf(added(fields)).join('\n')).toContain(problem);
  });

  test('has a label for each dataset when it is resolved', () => {
    expect(quickstart().datasets.map(({ label }) => label)).toEqual(datasetLabels(quickstart()));
    expect(datasetLabels(quickstart())).toEqual([
      'fashion-mnist',
      'mnist',
      'fashion-mnist/5-classes',
      'fashion-mnist/2-classes',
    ]);
  });
});

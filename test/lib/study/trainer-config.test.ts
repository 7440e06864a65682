import { describe, expect, test } from 'vitest';
import { contentHash } from '../../../lib/core/canonical-json.ts';
import { ConfigError } from '../../../lib/core/errors.ts';
import { catalogue } from '../../../lib/datasets/catalogue/index.ts';
import { parseStudyConfig, protocolFor, studyConfigSchema } from '../../../lib/study/config.ts';
import { applyOverrides } from '../../../lib/study/overrides.ts';
import { preset, presets } from '../../../lib/study/presets.ts';
import { commandEngine, trainerEngine, type CommandTrainer } from '../../../lib/study/trainer-config.ts';
import { isWithheld } from '../../../lib/training/command/environment.ts';
import { commandStudy } from './command-study.ts';

const parsed = (...assignments: string[]) => parseStudyConfig(commandStudy(...assignments), catalogue);

/** The lines of the ConfigError that a document raises. */
function problemsOf(document: unknown): readonly string[] {
  try {
    parseStudyConfig(document, catalogue);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const numbers = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, 1]));

describe('a study with a command trainer', () => {
  test('has every default filled in, and keeps them when it is parsed again', () => {
    const config = parsed();
    expect(config.trainer).toEqual({
      ...{ kind: 'command', name: 'stub', version: '1', command: ['python3', 'train_one.py'] },
      ...{ files: [], environment: [], deterministic: false, stopSeconds: 120, silenceMinutes: 30 },
    });
    expect(parseStudyConfig(JSON.parse(JSON.stringify(config)), catalogue)).toEqual(config);
  });

  test('replaces settings member by member on a dataset', () => {
    const config = parsed('datasets[1].protocol={"settings":{"schedule":{"warmup":2,"crop":{"b":1}}}}');
    expect(protocolFor(config, config.datasets[1]!)).toEqual({
      settings: { lr: 0.1, schedule: { warmup: 2, crop: { b: 1 } } },
    });
    expect(protocolFor(config, config.datasets[0]!)).toEqual(config.protocol);
  });

  test('may train AnyNets by the protocol of this program', () => {
    const trainer = JSON.stringify(commandStudy().trainer);
    const config = parseStudyConfig(applyOverrides(preset('quickstart'), [`trainer=${trainer}`]), catalogue);
    const builtIn = parseStudyConfig(preset('quickstart'), catalogue);
    expect({ ...config, trainer: undefined }).toEqual({ ...builtIn, trainer: undefined });
  });

  test.each(
    [
      ['trainer.kind=shell', 'trainer.kind must be one of "built-in", "command"'],
      ['trainer.nmae=x', 'trainer must not have "nmae": there is no such field'],
      ['trainer.name=My Trainer', 'trainer.name must be lower-case letters, digits and . _ -, got "My Trainer"'],
      ['trainer.name=a@b', 'trainer.name must be lower-case letters, digits and . _ -, got "a@b"'],
      ['trainer.version=1+2', 'trainer.version must be letters, digits and . _ -, got "1+2"'],
      ['trainer.command=[]', 'trainer.command must be at least 1 long'],
      ['trainer.command=python3 train.py', 'trainer.command must be of type array, got "python3 train.py"'],
      ['trainer.command=[""]', 'trainer.command[0] must be at least 1 long, got ""'],
      ['trainer.command=["./run.sh"]', 'trainer.command[0] must be one of trainer.files, a program on the PATH'],
      [
        'trainer.files=["../secret"]',
        'trainer.files[0] must be a path below the folder of the config, without . and ..',
      ],
      ['trainer.files=["/etc/passwd"]', 'trainer.files[0] must be a path below the folder of the config'],
      ['trainer.files=["a/./b"]', 'trainer.files[0] must be a path below the folder of the config'],
      ['trainer.files=["a\\nb"]', 'trainer.files[0] must have no control characters and no backslashes'],
      ['trainer.files=["a.py","b.py","a.py"]', 'trainer.files[2] must differ from that at position 0, got "a.py"'],
      ['trainer.files=["a","a/b"]', 'trainer.files[1] must not lie below another of the files, got "a/b"'],
      [
        `trainer.files=${JSON.stringify(Array.from({ length: 1001 }, (_, n) => `f${n}`))}`,
        'trainer.files must be at most 1000 long',
      ],
      ['trainer.files=[{"path":"a","sha256":"x"}]', 'trainer.files[0].sha256 must be 64 lower-case hexadecimal digits'],
      ['trainer.environment=["A-B"]', 'trainer.environment[0] must be the name of a variable, got "A-B"'],
      [
        'trainer.environment=["HF_HOME","AWS_SECRET_ACCESS_KEY"]',
        'trainer.environment[1] must not be a variable of this program or of its store, got "AWS_SECRET_ACCESS_KEY"',
      ],
      ['trainer.environment=["TEMPORAL_API_KEY"]', 'trainer.environment[0] must not be a variable of this program'],
      ['trainer.environment=["A","A"]', 'trainer.environment[1] must differ from that at position 0, got "A"'],
      ['trainer.deterministic=maybe', 'trainer.deterministic must be of type boolean, got "maybe"'],
      ['trainer.stopSeconds=0', 'trainer.stopSeconds must be at least 1, got 0'],
      ['trainer.silenceMinutes=1e9', 'trainer.silenceMinutes must be at most 10080, got 1000000000'],
      ['trainer={"kind":"built-in"}', 'population.source must be "sample" or "file" unless trainer.kind is "command"'],
      ['trainer={"kind":"built-in"}', 'protocol.settings must be absent unless trainer.kind is "command"'],
      ['protocol={"settings":{},"epochs":3}', 'protocol must not have "settings": there is no such field'],
      ['protocol={"settings":{},"lr":3,"b":1}', 'protocol must not have "lr", "b": there is no such field'],
      ['protocol.settings.__proto__={}', 'names an empty or reserved field'],
      ['datasets[1].protocol={"epochs":3}', 'datasets[1].protocol must not have "epochs": there is no such field'],
      ['population={"source":"list"}', 'population must have either a path or networks, got neither'],
      ['population.path=models.json', 'population must have either a path or networks, got both'],
      [
        'population.networks[1].name=small',
        'population.networks[1].name must differ from that of the network at position 0',
      ],
      ['population.networks[0].name= small', 'population.networks[0].name must be letters, digits and . _ + - : @ /'],
      ['population.networks[0].name==cmd()', 'population.networks[0].name must be letters, digits and . _ + - : @ /'],
      ['population.networks[0].params=-1', 'population.networks[0].params must be at least 0, got -1'],
      ['population.networks[0].top=high', 'population.networks[0].top must be of type number, got "high"'],
      ['population.networks[0].top1Error=0.3', 'population.networks[0].top1Error must have another name'],
      ...['balancedError', 'macroF1', 'auc', 'seed', 'trainingSeconds', 'engine'].map((column) => [
        `population.networks[0].${column}=0.9`,
        `population.networks[0].${column} must have another name: that of a number is a letter and up to 63 letters, digits and _, and not a column of results`,
        `got {"${column}":0.9}`,
      ]),
      ['population.networks[0].top3Accuracy=80', 'population.networks[0].top3Accuracy must have another name'],
      ['population.networks[0].a b=0.3', 'population.networks[0].a b must have another name'],
      [
        `population.networks[0]=${JSON.stringify({ name: 'a', spec: {}, ...numbers(51) })}`,
        'population.networks[0] must have at most 50 numbers, got 51',
      ],
      [
        `population.networks[0].spec=${'x'.repeat(65_536)}`,
        'population.networks[0].spec must be at most 65536 characters of JSON, got 65538',
      ],
      [
        `population.networks=${JSON.stringify(Array.from({ length: 10_001 }, (_, n) => ({ name: `n${n}` })))}`,
        'population.networks must be at most 10000 long',
      ],
      [`protocol.settings=${'['.repeat(60)}${']'.repeat(60)}`, 'must be nested at most 50 deep'],
      [
        'replicates=90000',
        'datasets must make at most 1000000 runs with the architectures and replicates, got 3 x 90000 x 4',
      ],
    ].map(([assignment, message, value = '']) => ({ assignment: assignment!, message: message!, value })),
  )('refuses what is invalid: $message', ({ assignment, message, value }) => {
    const lines = (() => {
      try {
        return problemsOf(commandStudy(assignment));
      } catch (error) {
        return [(error as Error).message];
      }
    })();
    expect(lines.join('\n')).toContain(message);
    expect(lines.join('\n')).toContain(value);
  });

  test('refuses numbers that JSON cannot hold, of networks and in settings, with their place', () => {
    const study = commandStudy();
    const population = {
      source: 'list',
      networks: [
        { name: 'a', spec: { rate: NaN } },
        { name: 'b', params: Infinity },
        { name: 'c', spec: JSON.parse('{"x":{"__proto__":1}}') as unknown },
      ],
    };
    expect(problemsOf({ ...study, population, protocol: { settings: { lr: [1, Infinity] } } })).toEqual([
      'population.networks[0].spec.rate must be a finite number, got NaN',
      expect.stringMatching(/^population\.networks\[1\]\.params must be /),
      'population.networks[2].spec.x must not have "__proto__", a reserved name',
      'protocol.settings.lr[1] must be a finite number, got Infinity',
    ]);
  });
});

test.each(['AWS_PROFILE', 'temporal_api_key', 'BEYOND_IMAGENET_STORE', 'HF_HOME', 'MY_AWS_KEY', 'PATH'])(
  'a variable may be named exactly if a trainer would get it: %s',
  (name) => {
    expect(problemsOf(commandStudy(`trainer.environment=["${name}"]`)).length > 0).toBe(isWithheld(name));
  },
);

describe('a study that this program trains', () => {
  test.each([...presets.keys()])('stays as it is without a trainer, or with the built-in one: %s', (name) => {
    const document = preset(name) as object;
    const config = studyConfigSchema.parse(document);
    expect(Object.keys(config)).not.toContain('trainer');
    const named = studyConfigSchema.parse({ ...document, trainer: { kind: 'built-in' } });
    expect(JSON.stringify(named)).toBe(JSON.stringify(config));
    expect(trainerEngine(config)).toBeUndefined();
  });
});

describe('the engine of a command trainer', () => {
  const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
  const trainer: CommandTrainer = {
    ...parsed().trainer!,
    files: [
      { path: 'train_one.py', sha256: a },
      { path: 'lib/net.py', sha256: b },
    ],
  };

  test('is its name, its version and the hash of command, files and determinism', () => {
    const document = {
      command: ['python3', 'train_one.py'],
      files: [
        { path: 'lib/net.py', sha256: b },
        { path: 'train_one.py', sha256: a },
      ],
      deterministic: false,
    };
    expect(commandEngine(trainer)).toBe(`command/stub@1+${contentHash(document)}`);
  });

  test('does not depend on the order of files, nor on what does not change results', () => {
    const others = { environment: ['HF_HOME'], stopSeconds: 1, silenceMinutes: 1 };
    expect(commandEngine({ ...trainer, ...others, files: trainer.files.toReversed() })).toBe(commandEngine(trainer));
  });

  test.each([
    { name: 'other' },
    { version: '2' },
    { command: ['python3', 'train_one.py', '--fast'] },
    { deterministic: true },
    { files: [{ path: 'train_one.py', sha256: a }] },
    { files: [{ ...trainer.files[0]!, sha256: b }, trainer.files[1]!] },
  ])('changes with %o', (change) => {
    expect(commandEngine({ ...trainer, ...change })).not.toBe(commandEngine(trainer));
  });

  test('is none before the files have checksums, and none of a rehearsal', () => {
    expect(() => commandEngine({ ...trainer, files: [{ path: 'a' }] })).toThrow('a has no checksum');
    expect(trainerEngine({ trainer, rehearsal: {} })).toBeUndefined();
    expect(trainerEngine({ trainer })).toBe(commandEngine(trainer));
  });
});

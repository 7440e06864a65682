// The table of the README's "Layout" as rules: data flows one way, and a folder imports only what is before it.
const local =
  '^(core|files|native|design-space|datasets|training|study|store|runs|results|analysis|report|activities|workflows|control|runtime|commands|worker|client|index|bench|docs|examples)(/|[.]ts$)';

/** A folder may import from itself and from the named places, nothing else of the project. */
const room = (folder, ...allowed) => ({
  name: `${folder}-imports`,
  severity: 'error',
  comment: `${folder}/ may import ${allowed.length ? allowed.join(', ') : 'no other folder'}`,
  from: { path: `^${folder}/` },
  to: {
    path: local,
    pathNot: `^(${[folder, ...allowed].map((a) => (a.endsWith('.ts') ? a.replace('.', '[.]') + '$' : `${a}/`)).join('|')})`,
  },
});

/** A package that only the named places may import. */
const only = (name, packages, places) => ({
  name,
  severity: 'error',
  from: { pathNot: places },
  to: { path: `node_modules/(${packages})(/|$)` },
});

/** The schemas that the stages own and a study is composed of: pure, and all that `study/` may know of a stage. */
const schemas = [
  'design-space/space-config.ts',
  'design-space/distribution.ts',
  'datasets/selection.ts',
  'datasets/selection-label.ts',
  'datasets/own-source.ts',
  'training/protocol.ts',
  'training/metrics.ts',
];
const stages = ['core', 'files', 'native', 'design-space', 'datasets', 'training'];
const tables = ['core', 'files', 'design-space', 'study', 'store', ...schemas];

module.exports = {
  forbidden: [
    room('core'),
    room('files', 'core'),
    room('native', 'core', 'files'),
    room('design-space', 'core'),
    room('datasets', 'core', 'files'),
    room('training', ...stages),
    room('study', 'core', 'design-space', 'datasets/expected-size.ts', ...schemas),
    room('store', 'core', 'files', 'study', 'design-space', 'datasets', ...schemas),
    room('runs', ...stages, 'study', 'store'),
    room('results', ...tables),
    room('analysis', 'core', 'design-space', 'results'),
    // Methods tell where datasets come from.
    room('report', ...tables, 'datasets', 'results', 'analysis'),
    room('activities', ...stages, 'study', 'store', 'runs', 'results', 'analysis', 'report'),
    {
      name: 'workflows-imports',
      severity: 'error',
      comment: 'workflows run in a deterministic sandbox: core/, study/ and types of activities/ only',
      from: { path: '^workflows/' },
      to: { path: local, pathNot: '^(workflows|study|core)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'control-imports',
      severity: 'error',
      comment:
        'control/ may import what describes studies; of what carries them out and analyzes them it knows types alone',
      from: { path: '^control/' },
      to: {
        path: local,
        pathNot: `^(control|core|files|design-space|datasets|study|store|workflows)/|^(${schemas.map((file) => file.replace('.', '[.]')).join('|')})$`,
        dependencyTypesNot: ['type-only'],
      },
    },
    room(
      'runtime',
      ...stages,
      'study',
      'store',
      'runs',
      'results',
      'analysis',
      'report',
      'activities',
      'workflows',
      'control',
    ),
    {
      name: 'nothing-imports-commands',
      severity: 'error',
      comment: 'the command line is a shell over everything else',
      from: { pathNot: '^(commands|bench|test)/|^(client|worker)[.]ts$' },
      to: { path: '^commands/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      comment: 'tests, benchmarks, documents and examples are about the program, and no part of it',
      from: { pathNot: '^(test|bench|docs|examples)/|[.]config[.]' },
      to: { path: '^(test|bench|docs|examples)/' },
    },
    {
      name: 'pure',
      severity: 'error',
      comment: 'core/, study/, design-space/ and analysis/ know no file system, process, clock or network',
      from: { path: '^(core|study|design-space|analysis)/', pathNot: '^analysis/(parallel/|kernel/build[.]ts)' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    only('tensorflow-in-training', '@tensorflow|koffi', '^(training|native|bench|test)/'),
    only('charts-in-report', 'd3-scale|pdfkit|svg-to-pdfkit', '^(report|test)/'),
    only('zip-writing-in-files', 'yazl', '^(files|test)/'),
    only(
      'columnar-files-in-results',
      'hyparquet|hyparquet-writer|hyparquet-compressors|@uwdata|lz4js|fzstd',
      '^(results|test)/',
    ),
    only('arquero-in-tables', 'arquero', '^(results|analysis|report|test)/'),
    only('csv-in-files', 'csv-parse|csv-stringify', '^files/'),
    only('locks-in-files', 'proper-lockfile', '^files/'),
    only('temporal-at-the-edge', '@temporalio', '^(activities|workflows|control|runtime|test|bench)/'),
    only('commander-in-commands', 'commander|cli-progress', '^(commands|bench|test)/|^(client|worker)[.]ts$'),
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      from: { pathNot: '^(test|bench)/|[.]config[.]' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Built declarations, and AssemblyScript.
    exclude: { path: '^(types|analysis/kernel/assembly|datasets/images/assembly)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};

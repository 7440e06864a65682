// The table in CONTRIBUTING.md's "Layout" as rules: data flows one way, and a folder imports only what comes before it.
const local =
  '^(lib|activities|workflows|control|runtime|commands|tools|bench|docs|test)/|^(worker|client|index)[.]ts$';

const pattern = (places) =>
  places.map((place) => (place.endsWith('.ts') ? `${place.replace('.', '[.]')}$` : `${place}/`)).join('|');

/** A folder may import from itself and from the named places, and nothing else in the project. */
const room = (folder, ...allowed) => ({
  name: `${folder}-imports`,
  severity: 'error',
  comment: `${folder}/ may import ${allowed.length ? allowed.join(', ') : 'no other folder'}`,
  from: { path: `^${folder}/` },
  to: { path: local, pathNot: `^(${pattern([folder, ...allowed])})` },
});

/** A folder of the science. Names of such folders are given without `lib/`. */
const science = (folder, ...allowed) => room(`lib/${folder}`, ...allowed.map((name) => `lib/${name}`));

/** A package that only the named places may import. */
const only = (name, packages, places) => ({
  name,
  severity: 'error',
  from: { pathNot: places },
  to: { path: `node_modules/(${packages})(/|$)` },
});

/** The schemas that belong to the stages and compose a study: they are pure, and all that a study's config may know of a stage. */
const schemas = [
  'design-space/space-config.ts',
  'design-space/distribution.ts',
  'datasets/selection.ts',
  'datasets/selection-label.ts',
  'datasets/own-source.ts',
  'predictions/summary.ts',
  'training/protocol.ts',
  'training/metrics.ts',
];
const stages = ['core', 'native', 'design-space', 'datasets', 'predictions', 'training'];
const tables = ['core', 'design-space', 'store', 'study', ...schemas];
const lib = (names) => names.map((name) => `lib/${name}`);

module.exports = {
  forbidden: [
    {
      name: 'lib-knows-no-temporal',
      severity: 'error',
      comment:
        'lib/ is the science: it can be used without Temporal, so nothing in it imports Temporal or the code that steers studies',
      from: { path: '^lib/' },
      to: { path: `node_modules/@temporalio/|^(?!lib/)(${local.slice(1).replace('lib|', '')})` },
    },
    science('core'),
    science('native', 'core'),
    science('design-space', 'core'),
    science('datasets', 'core'),
    science('predictions', 'core'),
    science('training', ...stages),
    science('store', 'core'),
    {
      ...science('study', 'core', 'design-space', 'datasets/expected-size.ts', ...schemas),
      from: { path: '^lib/study/', pathNot: '^lib/study/documents/' },
    },
    { ...science('study/documents', 'core', 'design-space', 'datasets', 'store', 'study', ...schemas) },
    science('runs', ...stages, 'store', 'study'),
    science('results', ...tables, 'predictions'),
    science('analysis', 'core', 'design-space', 'results'),
    // The methods of a report say where datasets come from.
    science('report', ...tables, 'datasets', 'results', 'analysis'),
    science('exports', ...stages, ...tables, 'runs', 'results', 'analysis', 'report'),
    room('activities', 'lib'),
    {
      name: 'workflows-imports',
      severity: 'error',
      comment: 'workflows run in a deterministic sandbox: lib/core/, lib/study/ and types of activities/ only',
      from: { path: '^workflows/' },
      to: {
        path: local,
        pathNot: '^(workflows|lib/core|lib/study)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'control-imports',
      severity: 'error',
      comment:
        'control/ may import the code that describes studies, but only types of the code that carries them out and analyzes them',
      from: { path: '^control/' },
      to: {
        path: local,
        pathNot: `^(${pattern(['control', 'workflows', ...lib(['core', 'design-space', 'datasets', 'study', 'store', ...schemas])])})`,
        dependencyTypesNot: ['type-only'],
      },
    },
    room('runtime', 'lib', 'activities', 'workflows', 'control'),
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
      comment: 'tests, benchmarks, documents and tools are not part of the program',
      from: { pathNot: '^(test|bench|docs|tools)/' },
      to: { path: '^(test|bench|docs|tools)/' },
    },
    {
      name: 'pure',
      severity: 'error',
      comment: 'these folders use no file system, process, clock or network',
      from: {
        path: '^lib/(core|study|design-space|analysis)/',
        pathNot: '^lib/(core/files|study/documents|analysis/parallel)/',
      },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'one-list-of-random-streams',
      severity: 'error',
      comment: 'all purposes of random numbers are listed in lib/core/streams.ts',
      from: { path: '^(lib|activities|workflows|control|runtime|commands)/', pathNot: '^lib/core/streams[.]ts$' },
      to: { path: '^lib/core/random[.]ts$', dependencyTypesNot: ['type-only'] },
    },
    only('tensorflow-in-training', '@tensorflow|koffi', '^(lib/training|lib/native|bench|test)/'),
    only('charts-in-report', 'd3-scale|pdfkit|svg-to-pdfkit', '^(lib/report|test)/'),
    only('zip-writing-in-tests', 'yazl', '^test/'),
    only(
      'columnar-files-in-tables',
      'hyparquet|hyparquet-writer|hyparquet-compressors|@uwdata|fzstd',
      '^(lib/core/files/columnar|lib/results|lib/predictions|test)/',
    ),
    only('arquero-in-tables', 'arquero', '^(lib/results|lib/analysis|lib/report|test)/'),
    only('csv-in-files', 'csv-parse|csv-stringify', '^lib/core/files/'),
    only('locks-in-files', 'proper-lockfile', '^lib/core/files/'),
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
      comment:
        'everything that the published package needs is among its dependencies; esbuild compiles bundles only in a checkout',
      from: { pathNot: '^(test|bench|tools)/|^lib/core/files/bundled-modules[.]ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The built package, and AssemblyScript.
    exclude: { path: '^(dist|lib/analysis/kernel/assembly|lib/datasets/images/assembly)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};

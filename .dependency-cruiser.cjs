// The table of the README's "Layout" as rules: a stage imports only the stages before it.
const local =
  '^(study|design-space|datasets|training|results|analysis|report|activities|workflows|native|commands|worker|client|bench)(/|[.]ts$)';

/** A folder may import from itself and from the named folders, nothing else of the project. */
const stage = (folder, ...allowed) => ({
  name: `${folder}-imports`,
  severity: 'error',
  comment: `${folder}/ may import ${allowed.length ? allowed.map((a) => `${a}/`).join(', ') : 'no other stage'}`,
  from: { path: `^${folder}/` },
  to: { path: local, pathNot: `^(${[folder, ...allowed].join('|')})/` },
});

/** A package that only the named places may import. */
const only = (name, packages, places) => ({
  name,
  severity: 'error',
  from: { pathNot: places },
  to: { path: `node_modules/(${packages})(/|$)` },
});

module.exports = {
  forbidden: [
    stage('study'),
    stage('design-space', 'study'),
    stage('datasets', 'study', 'native'),
    stage('training', 'study', 'design-space', 'datasets', 'native'),
    stage('results', 'study'),
    stage('analysis', 'study', 'design-space', 'results'),
    stage('report', 'study', 'design-space', 'results', 'analysis'),
    stage('activities', 'study', 'design-space', 'datasets', 'training', 'results', 'analysis', 'report', 'native'),
    stage('native'),
    {
      name: 'workflows-imports',
      severity: 'error',
      comment: 'workflows run in a deterministic sandbox: study/ and types of activities/ only',
      from: { path: '^workflows/' },
      to: { path: local, pathNot: '^(workflows|study)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pure',
      severity: 'error',
      comment: 'study/, design-space/ and analysis/ know no file system, process or network',
      from: { path: '^(study|design-space|analysis)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    only('tensorflow-in-training', '@tensorflow', '^(training|native|bench|test)/'),
    only('vega-in-report', 'vega|vega-lite', '^(report|test)/'),
    only('arquero-in-results', 'arquero', '^(results|test)/'),
    only('temporal-at-the-edge', '@temporalio', '^(activities|workflows|commands|test|bench)/|^(worker|client)[.]ts$'),
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
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};

import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { sharedTemporaryFolder } from '../temporary-folder.ts';

const root = join(import.meta.dirname, '../..');
const rules = (
  createRequire(import.meta.url)('../../tools/import-rules.cjs') as { forbidden: { name: string }[] }
).forbidden.map(({ name }) => name);

/** An import, by the file that has it and what it names: a file, a package, or a module of Node. */
type Import = readonly [from: string, to: string];

/** For each rule, imports that it forbids. */
const forbidden: Record<string, readonly Import[]> = {
  'lib-knows-no-temporal': [
    ['lib/study/a.ts', '@temporalio/common'],
    ['lib/runs/a.ts', 'control/b.ts'],
    ['lib/analysis/a.ts', 'workflows/b.ts'],
  ],
  'lib/core-imports': [['lib/core/a.ts', 'lib/datasets/b.ts']],
  'lib/native-imports': [['lib/native/a.ts', 'lib/training/b.ts']],
  'lib/design-space-imports': [['lib/design-space/a.ts', 'lib/datasets/b.ts']],
  'lib/datasets-imports': [['lib/datasets/a.ts', 'lib/training/b.ts']],
  'lib/predictions-imports': [['lib/predictions/a.ts', 'lib/datasets/b.ts']],
  'lib/training-imports': [
    ['lib/training/a.ts', 'lib/study/b.ts'],
    ['lib/training/a.ts', 'lib/store/b.ts'],
  ],
  'lib/store-imports': [['lib/store/a.ts', 'lib/study/b.ts']],
  'lib/study-imports': [
    ['lib/study/a.ts', 'lib/training/b.ts'],
    ['lib/study/a.ts', 'lib/store/b.ts'],
  ],
  'lib/study/documents-imports': [['lib/study/documents/a.ts', 'lib/training/b.ts']],
  'lib/runs-imports': [
    ['lib/runs/a.ts', 'lib/results/b.ts'],
    ['lib/runs/a.ts', 'activities/b.ts'],
  ],
  'lib/results-imports': [
    ['lib/results/a.ts', 'lib/analysis/b.ts'],
    ['lib/results/a.ts', 'lib/runs/b.ts'],
  ],
  'lib/analysis-imports': [
    ['lib/analysis/a.ts', 'lib/report/b.ts'],
    ['lib/analysis/a.ts', 'lib/study/b.ts'],
  ],
  'lib/report-imports': [
    ['lib/report/a.ts', 'lib/runs/b.ts'],
    ['lib/report/a.ts', 'lib/exports/b.ts'],
  ],
  'lib/exports-imports': [['lib/exports/a.ts', 'runtime/b.ts']],
  'activities-imports': [
    ['activities/a.ts', 'workflows/b.ts'],
    ['activities/a.ts', 'runtime/b.ts'],
  ],
  'workflows-imports': [
    ['workflows/a.ts', 'lib/training/b.ts'],
    ['workflows/a.ts', 'activities/b.ts'],
  ],
  'control-imports': [
    ['control/a.ts', 'lib/runs/b.ts'],
    ['control/a.ts', 'runtime/b.ts'],
  ],
  'runtime-imports': [['runtime/a.ts', 'commands/b.ts']],
  'nothing-imports-commands': [['index.ts', 'commands/b.ts']],
  'nothing-imports-tests': [['lib/core/a.ts', 'test/b.ts']],
  pure: [
    ['lib/analysis/a.ts', 'node:fs'],
    ['lib/study/a.ts', 'node:os'],
  ],
  'one-list-of-random-streams': [['lib/runs/a.ts', 'lib/core/random.ts']],
  'tensorflow-in-training': [['lib/runs/a.ts', 'koffi']],
  'charts-in-report': [['commands/a.ts', 'pdfkit']],
  'zip-writing-in-tests': [['lib/exports/a.ts', 'yazl']],
  'columnar-files-in-tables': [['lib/report/a.ts', 'hyparquet']],
  'arquero-in-tables': [['control/a.ts', 'arquero']],
  'csv-in-files': [['lib/results/a.ts', 'csv-parse']],
  'locks-in-files': [['lib/datasets/a.ts', 'proper-lockfile']],
  'temporal-at-the-edge': [['commands/a.ts', '@temporalio/client']],
  'commander-in-commands': [['control/a.ts', 'commander']],
  'no-cycles': [['lib/core/back.ts', 'lib/core/cycle.ts']],
  'no-unresolved': [['lib/core/a.ts', './not-there.ts']],
  'no-dev-dependencies': [['commands/a.ts', 'esbuild']],
};

/** Imports that look alike, and are allowed. */
const allowed: readonly Import[] = [
  ['lib/native/good.ts', 'lib/core/b.ts'],
  ['lib/training/good.ts', 'lib/datasets/b.ts'],
  ['lib/study/documents/good.ts', 'lib/store/b.ts'],
  ['lib/runs/good.ts', 'lib/training/b.ts'],
  ['lib/report/good.ts', 'lib/analysis/b.ts'],
  ['lib/exports/good.ts', 'lib/report/b.ts'],
  ['runtime/good.ts', 'control/b.ts'],
  ['runtime/good.ts', '@temporalio/worker'],
  ['commands/good.ts', 'runtime/b.ts'],
  ['lib/core/files/good.ts', 'node:fs'],
  ['lib/core/cycle.ts', 'lib/core/back.ts'],
];

const isPackage = (to: string) => !to.startsWith('.') && !to.startsWith('node:') && !to.endsWith('.ts');

/** The rules that each import breaks, in a project that has all of these imports. */
async function violations(folder: string): Promise<Map<string, Set<string>>> {
  const imports = [...Object.values(forbidden).flat(), ...allowed];
  const files = new Map<string, string>();
  for (const [from, to] of imports) {
    const isFile = !isPackage(to) && to.endsWith('.ts') && !to.startsWith('.');
    if (isFile && !files.has(to)) files.set(to, '');
    const specifier = isFile ? `${'../'.repeat(from.split('/').length - 1) || './'}${to}` : to;
    files.set(from, `${files.get(from) ?? ''}import '${specifier}';\n`);
  }
  for (const name of new Set(imports.map(([, to]) => to).filter(isPackage))) {
    files.set(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    files.set(`node_modules/${name}/index.js`, '');
  }
  for (const name of ['package.json', 'tsconfig.json']) files.set(name, await readFile(join(root, name), 'utf8'));
  for (const [name, content] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const options = ['--config', join(root, 'tools/import-rules.cjs'), '--output-type', 'json', '.'];
  const { stdout } = await promisify(execFile)(join(root, 'node_modules/.bin/depcruise'), options, {
    cwd: folder,
    maxBuffer: 2 ** 26,
  }).catch((error: unknown) => error as { stdout: string });
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { from: string; to: string; rule: { name: string } }[] };
  };
  const broken = new Map<string, Set<string>>();
  for (const { from, to, rule } of summary.violations) {
    const target = /^node_modules\/(.*)\/index.js$/.exec(to)?.[1] ?? to;
    const key = `${from} imports ${target}`;
    broken.set(key, (broken.get(key) ?? new Set()).add(rule.name));
  }
  return broken;
}

const folder = sharedTemporaryFolder();
let broken: Map<string, Set<string>>;
beforeAll(async () => {
  broken = await violations(folder);
});

const brokenBy = ([from, to]: Import) => [...(broken.get(`${from} imports ${to.replace('node:', '')}`) ?? [])];

test.each(Object.entries(forbidden))('%s forbids what it should', (rule, imports) => {
  for (const forbiddenImport of imports) expect(brokenBy(forbiddenImport), forbiddenImport.join(' ')).toContain(rule);
});

test.each(allowed.filter(([from]) => from.includes('good')))('%s may import %s', (...allowedImport) => {
  expect(brokenBy(allowedImport)).toEqual([]);
});

test('every rule is tried, and every folder of lib has one', async () => {
  expect(Object.keys(forbidden).sort()).toEqual([...rules].sort());
  for (const name of await readdir(join(root, 'lib'))) expect(rules).toContain(`lib/${name}-imports`);
});

import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { minVersion, satisfies } from 'semver';
import { beforeAll, describe, expect, test } from 'vitest';
import * as api from '../index.ts';
import { sharedTemporaryFolder } from './temporary-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

interface Lock {
  packages: Record<string, { engines?: { node?: string }; dev?: boolean; optional?: boolean }>;
}

test('every package used runs on the oldest Node that this one supports', async () => {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock;
  const oldest = minVersion(packages['']!.engines!.node!)!;
  const tooNew = Object.entries(packages)
    .filter(
      ([, { engines, optional }]) =>
        engines?.node !== undefined && optional !== true && !satisfies(oldest, engines.node),
    )
    .map(([name, { engines }]) => `${name} needs ${engines!.node}`);
  expect(tooNew).toEqual([]);
});

describe('the package, installed in the folder of another project', () => {
  const folder = sharedTemporaryFolder();
  const project = join(folder, 'project');
  const installed = join(project, 'node_modules', 'beyond-imagenet');
  const command = (...args: string[]) =>
    run(join(project, 'node_modules/.bin/beyond-imagenet'), args, { cwd: project, maxBuffer: 64 * 2 ** 20 });

  beforeAll(async () => {
    await mkdir(project);
    await writeFile(join(project, 'package.json'), '{ "type": "module" }');
    await run('npm', ['pack', '--ignore-scripts=false', '--pack-destination', folder], { cwd: root });
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'))!;
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
    await run('npm', ['install', ...quiet, join(folder, tarball)], { cwd: project });
  }, 600_000);

  test('has types and trainers, and neither tests nor sources', async () => {
    const files = await readdir(installed, { recursive: true });
    expect(files).toContain('dist/index.d.ts');
    expect(files).toEqual(expect.arrayContaining(['python/beyond_imagenet.py', 'python/pyproject.toml']));
    expect(files).toEqual(expect.arrayContaining(['trainers/timm/train.py', 'trainers/anynet-torch/study.json']));
    expect(files.filter((file) => /(^|[/])test[/]|[.]test[.]/.test(file))).toEqual([]);
    expect(files.filter((file) => /(?<![.]d)[.]ts$/.test(file))).toEqual([]);
  });

  test('has the licences of the packages that its files contain', async () => {
    const licences = await readFile(join(installed, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    // Of the program, of a process of its own, of the report's page, and of the workflows.
    for (const name of ['arquero', 'hyparquet', 'd3-scale', '@temporalio/workflow'])
      expect(licences).toMatch(new RegExp(`^${name} \\d[^]*?copyright`, 'im'));
  });

  test('leaves no build in the checkout, which could be packed later when it is out of date', async () => {
    await expect(readdir(join(root, 'dist'))).rejects.toThrow('ENOENT');
  });

  test('brings nothing that downloads while it is installed', async () => {
    // Its other files are built from it.
    await expect(readdir(join(project, 'node_modules/@tensorflow'))).rejects.toThrow('ENOENT');
  });

  test('can be imported by a program, with everything that it exports', async () => {
    const program = `
      import * as api from 'beyond-imagenet';
      const studies = await api.connect({ state: 'here' });
      const refusal = await studies.start().catch((error) => error);
      console.log(JSON.stringify([Object.keys(api), studies.store.location, refusal instanceof api.EnvironmentError]));
      await studies.close();`;
    await writeFile(join(project, 'program.js'), program);
    const { stdout } = await run(process.execPath, ['program.js'], { cwd: project });
    expect(JSON.parse(stdout)).toEqual([Object.keys(api).sort(), join(project, 'here/store'), true]);
  });

  test('loads all of its modules, the ones that commands load when they need them included', async () => {
    const program = `
      import { readdir } from 'node:fs/promises';
      const dist = ${JSON.stringify(join(installed, 'dist'))};
      // Those two would carry out a command.
      const modules = (await readdir(dist)).filter((name) => /(?<!^client|^worker)[.]js$/.test(name));
      for (const name of modules) await import(dist + '/' + name);
      console.log(modules.length);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: project });
    expect(Number(stdout)).toBeGreaterThan(20);
  });

  test(
    'checks a program in TypeScript, the declarations of all that it reaches included',
    { timeout: 300_000 },
    async () => {
      await writeFile(
        join(project, 'program.ts'),
        `import { connect, type StudyStatus } from 'beyond-imagenet';
       const study = (await connect()).study('mine');
       for await (const status of study.watch()) { const typed: StudyStatus = status; }
       // @ts-expect-error: a study has no such method
       study.win();
       const { correlations } = await study.result();
       export const r: number | null = correlations[0]!.pearson;`,
      );
      const compiler = join(root, 'node_modules/typescript/bin/tsc');
      // TypeScript's own declarations are its own business.
      const own = ['--skipLibCheck', 'false', '--skipDefaultLibCheck'];
      const options = ['--noEmit', '--strict', ...own, '--module', 'nodenext', '--target', 'es2022'];
      await run(process.execPath, [compiler, ...options, 'program.ts'], { cwd: project });
    },
  );

  test('works in the folder in which it is called', async () => {
    const { stderr } = await command('list');
    expect(stderr).toContain(`There is no study in ${join(project, '.beyond-imagenet/store')} yet.`);
  });

  test('carries out a study: server, workers, trainings, statistics and report', { timeout: 600_000 }, async () => {
    const images = { trainingImages: 320, validationImages: 64, testImages: 100 };
    const datasets = ['fashion-mnist', 'mnist'].map((dataset) => ({ dataset, ...images }));
    const smaller = [
      ...['population.count=3', 'protocol.epochs=1', 'protocol.batchNorm.preciseImages=64'],
      ...['analysis.bootstrapResamples=100', `datasets=${JSON.stringify(datasets)}`],
    ];
    const { stdout } = await command('start', '--id', 'small', ...smaller.flatMap((value) => ['--set', value]));
    expect(stdout).toMatch(/^mnist +3 +[-+]/m);
    const report = await readFile(join(project, '.beyond-imagenet/store/studies/small/report.html'), 'utf8');
    expect(report).toContain('</html>');
  });
});

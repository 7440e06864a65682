import { execFile } from 'node:child_process';
import { readFile, symlink, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { minVersion, satisfies } from 'semver';
import { describe, expect, test } from 'vitest';
import * as api from '../index.ts';
import { temporaryFolder } from './temporary-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

interface Lock {
  packages: Record<string, { engines?: { node?: string }; dev?: boolean; optional?: boolean }>;
}

/** A folder of another project that has this package among its own. */
async function otherProject(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'node_modules'));
  await symlink(root, join(folder, 'node_modules/beyond-imagenet'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}

test('every package that is used runs on the oldest Node that this one claims to run on', async () => {
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

describe('from the folder of another project', () => {
  test('a program imports all that the package exports, and uses it', async () => {
    const folder = await otherProject();
    const program = `
      import * as api from 'beyond-imagenet';
      const studies = await api.connect({ state: 'here' });
      const refusal = await studies.start().catch((error) => error);
      console.log(JSON.stringify([Object.keys(api), studies.store.location, refusal instanceof api.EnvironmentError]));
      await studies.close();`;
    await writeFile(join(folder, 'program.js'), program);
    const { stdout } = await run(process.execPath, ['program.js'], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual([Object.keys(api).sort(), join(folder, 'here/store'), true]);
  });

  test('the command line is run', async () => {
    const folder = await otherProject();
    const command = join(folder, 'node_modules/beyond-imagenet/bin/beyond-imagenet.js');
    const { stderr } = await run(process.execPath, [command, 'list'], { cwd: folder });
    expect(stderr).toContain(`There is no study in ${join(folder, '.beyond-imagenet/store')} yet.`);
  });

  test('a program in TypeScript is checked against the types', { timeout: 120_000 }, async () => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await run(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { cwd: root });
    const folder = await otherProject();
    await writeFile(
      join(folder, 'program.ts'),
      `import { connect, type StudyStatus } from 'beyond-imagenet';
       const study = (await connect()).study('mine');
       for await (const status of study.watch()) { const typed: StudyStatus = status; }
       // @ts-expect-error: a study has no such method
       study.win();
       const { correlations } = await study.result();
       export const r: number | null = correlations[0]!.pearson;`,
    );
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022'];
    await run(process.execPath, [tsc, ...options, '--preserveSymlinks', 'program.ts'], { cwd: folder });
  });
});

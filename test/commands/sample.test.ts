import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { register } from '../../commands/sample.ts';
import { register as registerComplexity } from '../../commands/complexity.ts';
import { spacePresets } from '../../lib/design-space/presets.ts';
import type { NamedArchitecture } from '../../lib/design-space/population.ts';
import { runCommand } from './run-command.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const small = ['--preset', 'anynetx-small', '--count', '12'];
const read = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as NamedArchitecture[];

describe('sample', () => {
  test('writes architectures with the complexity that the complexity command computes', async () => {
    const out = join(await temporaryFolder(), 'deep', 'population.json');
    const { stdout } = await runCommand(register, ['sample', ...small, '--out', out]);
    const population = await read(out);
    expect(population.map(({ name }) => name).slice(0, 2)).toEqual(['arch-000', 'arch-001']);
    const counted = await runCommand(registerComplexity, ['complexity', out]);
    expect(JSON.parse(counted.stdout)).toEqual(population.map(({ complexity }) => complexity));
    expect(stdout).toContain('12 accepted');
    expect(stdout).toContain('Stage 4 group width');
    expect(stdout).toContain('Flops (multiply-adds)');
    expect(await readdir(join(out, '..'))).toEqual(['population.json']);
  });

  test('gives the same population for the same seed, and a larger one begins with the smaller one', async () => {
    const sample = async (count: string, seed: string) =>
      JSON.parse(
        (await runCommand(register, ['sample', ...small, '--count', count, '--seed', seed])).stdout,
      ) as unknown[];
    const large = await sample('20', '5');
    expect(large.slice(0, 6)).toEqual(await sample('6', '5'));
    expect(large).not.toEqual(await sample('20', '6'));
  });

  test('prints everything as one document with --json', async () => {
    const { stdout } = await runCommand(register, ['sample', ...small, '--json']);
    const { space, seed, acceptance, marginals, architectures } = JSON.parse(stdout) as Record<string, unknown>;
    expect(space).toMatchObject({ kind: 'anynet', complexity: { imageSize: 28 } });
    expect(seed).toBe(0);
    expect(acceptance).toMatchObject({ accepted: 12 });
    expect(marginals).toHaveLength(16 + 7 + 3);
    expect(architectures).toHaveLength(12);
  });

  test('draws the population of a study, of a design space in a file, and of either with changes', async () => {
    const study = await runCommand(register, ['sample', '--preset', 'quickstart']);
    expect(JSON.parse(study.stdout)).toHaveLength(24);
    const config = join(await temporaryFolder(), 'space.json');
    await writeFile(config, JSON.stringify({ kind: 'anynet', stem: 'res_stem_cifar' }));
    const changed = await runCommand(register, ['sample', '--config', config, '--count', '3', '--set', 'stemWidth=16']);
    for (const { architecture } of JSON.parse(changed.stdout) as NamedArchitecture[])
      expect(architecture).toMatchObject({ stem: 'res_stem_cifar', stemWidth: 16 });
  });

  test('changes a design space from a file of a preset by the fields of the space', async () => {
    const config = join(await temporaryFolder(), 'preset.json');
    await writeFile(config, JSON.stringify(spacePresets.get('anynetx-small')));
    const { stdout } = await runCommand(register, [
      'sample',
      '--config',
      config,
      '--count',
      '1',
      '--set',
      'stemWidth=4',
    ]);
    expect((JSON.parse(stdout) as NamedArchitecture[])[0]!.architecture.stemWidth).toBe(4);
    await expect(runCommand(register, ['sample', '--config', config, '--set', 'space.stemWidth=4'])).rejects.toThrow(
      'must not have "space": there is no such field',
    );
  });

  test('refuses outputs that cannot be written before it draws, and leaves nothing behind', async () => {
    const folder = await temporaryFolder();
    const impossible = ['--preset', 'anynetx-small', '--set', 'complexity.flops.low=4e6'];
    const refused = (...options: string[]) =>
      expect(runCommand(register, ['sample', ...impossible, ...options])).rejects;
    await refused('--out', folder).toThrow(`--out must be a file:\n  ${folder} is a folder`);
    await refused('--report', '/dev/null/page.html').toThrow('--report cannot be written');
    const both = join(folder, 'both');
    await refused('--out', both, '--report', both).toThrow('--out and --report must differ');
    expect(await readdir(folder)).toEqual([]);
  });

  test('refuses a preset together with a file', async () => {
    await expect(runCommand(register, ['sample', '--preset', 'anynetx', '--config', 'mine.json'])).rejects.toThrow(
      '--preset and --config exclude each other',
    );
  });

  test('writes a page that shows the population and loads nothing else', async () => {
    const report = join(await temporaryFolder(), 'population.html');
    await runCommand(register, ['sample', ...small, '--report', report]);
    const page = await readFile(report, 'utf8');
    expect(page).toContain('12 architectures of an AnyNet space');
    expect(page).toContain('arch-011');
    expect(page.match(/<svg/g)).toHaveLength(4 * 4 + 7 + 3);
    expect(page).not.toMatch(/<script|<link|src=|url\(http/);
  });

  test('refuses unknown fields, and a window that nothing fits into', async () => {
    await expect(runCommand(register, ['sample', '--preset', 'resnets'])).rejects.toThrow(
      /--preset is invalid:\n.*anynetx, anynetx-small, regnetx, quickstart, demonstration, paper, paper-draws, got "resnets"/,
    );
    await expect(runCommand(register, ['sample', '--count', '0'])).rejects.toThrow('--count');
    await expect(runCommand(register, ['sample', '--set', 'width.low=12'])).rejects.toThrow(
      'width.low must be a multiple of quantum (8), got 12',
    );
    await expect(
      runCommand(register, ['sample', '--set', 'complexity.flops={"high":10}', '--count', '1']),
    ).rejects.toThrow(/yielded 0 of 1 architectures[^]*flops window 0 to 10, nearest seen above [\d,]+/);
  });
});

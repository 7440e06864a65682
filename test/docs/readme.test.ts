import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { commandLine } from '../../commands/program.ts';
import { catalogue } from '../../lib/datasets/catalogue/index.ts';
import { parseStudyConfig } from '../../lib/study/config.ts';
import { presets } from '../../lib/study/presets.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = await readFile(join(root, 'README.md'), 'utf8');
const documents = ['README.md', 'docs/running-the-paper.md'];

test('the study that it shows is a valid config', () => {
  const [, shown] = /```json\n(.*?)```/s.exec(readme)!;
  expect(parseStudyConfig(JSON.parse(shown!), catalogue)).toMatchObject({ name: 'mine', reference: 'cifar100' });
});

test('it names every preset', () => {
  for (const name of presets.keys()) expect(readme).toContain(`\`${name}\``);
});

test.each(documents)('the links of %s within the repository lead to files', async (document) => {
  const text = await readFile(join(root, document), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target!);
  expect(links.length).toBeGreaterThan(0);
  for (const link of links) await access(join(root, document, '..', link));
});

test('README has the commands and options of the command line', async () => {
  const rows = [...readme.matchAll(/^\| (`.*?) +\| /gm)].map(([, cell]) => cell!);
  const program = await commandLine();
  const shown = new Set<string>();
  for (const usage of rows.join(', ').matchAll(/`([a-z]+)([^`]*)`/g)) {
    const [, name, rest] = usage;
    const command = program.commands.find((each) => each.name() === name);
    if (command === undefined) continue;
    shown.add(name!);
    const options = command.options.map(({ long }) => long);
    for (const [option] of rest!.matchAll(/--[a-z-]+/g)) expect(options, `${name} ${option}`).toContain(option);
  }
  expect([...shown].sort()).toEqual(program.commands.map((command) => command.name()).sort());
});

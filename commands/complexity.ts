import type { Command } from 'commander';
import { readInputFile } from '../lib/core/files/read-input.ts';
import type { NetworkInput } from '../lib/design-space/architecture.ts';
import { architectureComplexity } from '../lib/design-space/complexity.ts';
import { parsePopulation } from '../lib/design-space/population-file.ts';
import { networkFrom, withNetworkOptions } from './options/network-options.ts';
import { print, printJson } from './terminal/print.ts';
import { textTable } from './terminal/table.ts';
import { grouped } from '../lib/report/words/numbers.ts';

/** `complexity FILE`: computes the cost of the architectures in a file, in the file's order. */
export function register(program: Command): void {
  const command = program
    .command('complexity')
    .description('flops (multiply-adds), params and acts of the architectures in a file, in the order of the file')
    .argument('<file>', 'JSON, NDJSON or pycls YAML: one architecture or many')
    .option('--json', 'print a JSON list of {flops, params, acts}; the default if the output is not a terminal');
  withNetworkOptions(command).action(async (file: string, options: { json?: true } & Partial<NetworkInput>) => {
    const rows = parsePopulation(await readInputFile('FILE', file), file).map(({ name, architecture, network }) => ({
      name,
      complexity: architectureComplexity(architecture, networkFrom(options, network)),
    }));
    if (options.json || !process.stdout.isTTY) printJson(rows.map(({ complexity }) => complexity));
    else
      print(
        textTable(
          ['architecture', 'flops', 'params', 'acts'],
          rows.map(({ name, complexity: { flops, params, acts } }) => [name, ...[flops, params, acts].map(grouped)]),
        ),
      );
  });
}

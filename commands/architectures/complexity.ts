import type { Command } from 'commander';
import type { NetworkInput } from '../../lib/design-space/architecture.ts';
import { networkFrom, withNetworkOptions } from '../options/network-options.ts';
import { readInputFile } from '../../lib/core/files/read-input.ts';

/** `complexity FILE`: what the architectures of a file cost, in the file's order. */
export function register(program: Command): void {
  const command = program
    .command('complexity')
    .description('flops (multiply-adds), params and acts of the architectures in a file, in the order of the file')
    .argument('<file>', 'JSON, NDJSON or pycls YAML: one architecture or many')
    .option('--json', 'print a JSON list of {flops, params, acts}; the default if the output is not a terminal');
  withNetworkOptions(command).action(async (file: string, options: { json?: true } & Partial<NetworkInput>) => {
    const { parsePopulation } = await import('../../lib/design-space/population-file.ts');
    const { architectureComplexity } = await import('../../lib/design-space/complexity.ts');
    const { grouped, textTable } = await import('../terminal/table.ts');
    const rows = parsePopulation(await readInputFile('FILE', file), file).map(({ name, architecture, network }) => ({
      name,
      complexity: architectureComplexity(architecture, networkFrom(options, network)),
    }));
    if (options.json || !process.stdout.isTTY)
      process.stdout.write(
        `${JSON.stringify(
          rows.map(({ complexity }) => complexity),
          null,
          2,
        )}\n`,
      );
    else
      process.stdout.write(
        `${textTable(
          ['architecture', 'flops', 'params', 'acts'],
          rows.map(({ name, complexity: { flops, params, acts } }) => [name, ...[flops, params, acts].map(grouped)]),
        )}\n`,
      );
  });
}

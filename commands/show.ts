import type { Command } from 'commander';
import type { NetworkInput } from '../design-space/architecture.ts';
import type { PopulationEntry } from '../design-space/population.ts';
import { ConfigError } from '../study/config.ts';
import { readInputFile } from './input.ts';
import { networkFrom, withNetworkOptions } from './network-options.ts';

interface ShowOptions extends NetworkInput {
  json?: true;
  report?: string;
}

/** `show ARCH`: one architecture, part by part, drawn. */
export function register(program: Command): void {
  const command = program
    .command('show')
    .description('one architecture stage by stage: shapes, flops, params, acts, and a drawing')
    .argument('<architecture>', 'a file, file#name or file#position (from 0), or the architecture itself as JSON')
    .option('--report <file>', 'write a page with the drawing, as HTML, or the drawing alone where it ends in .svg')
    .option('--json', 'print the parts and structure parameters as JSON');
  withNetworkOptions(command).action(show);
}

async function show(reference: string, options: ShowOptions): Promise<void> {
  const { partsOf } = await import('../design-space/parts.ts');
  const { architectureComplexity } = await import('../design-space/complexity.ts');
  const { structureParametersOf } = await import('../design-space/structure-parameters.ts');
  const { describeNetwork } = await import('./architecture-text.ts');

  const { name, architecture, network: stated } = await findArchitecture(reference);
  const network = networkFrom(options, stated);
  const parts = partsOf(architecture, network);
  if (options.report !== undefined) {
    const { architectureDrawing } = await import('../report/architecture-drawing.ts');
    const { architecturePage } = await import('../report/architecture-page.ts');
    const { writeOutputFile } = await import('./output.ts');
    const content = options.report.endsWith('.svg')
      ? architectureDrawing(parts)
      : architecturePage({ name, architecture, network, parts });
    await writeOutputFile(options.report, content);
    process.stderr.write(`wrote ${options.report}\n`);
  }
  if (options.json)
    process.stdout.write(
      `${JSON.stringify(
        {
          name,
          architecture,
          network,
          complexity: architectureComplexity(architecture, network),
          structure: structureParametersOf(architecture),
          parts,
        },
        null,
        2,
      )}\n`,
    );
  else
    process.stdout.write(
      `${name}: ${network.imageSize}x${network.imageSize}x${network.channels} images, ${network.classes} classes\n\n${describeNetwork(parts)}\n`,
    );
}

/** The architecture that a command-line argument means; throws a `ConfigError` that lists those there are. */
async function findArchitecture(reference: string): Promise<PopulationEntry> {
  const { parsePopulation } = await import('../design-space/population-file.ts');
  if (/^\s*[{[]/.test(reference)) return only(parsePopulation(reference, 'ARCH'), reference);
  const [, path = reference, selector] = /^(.*)#([^#]*)$/.exec(reference) ?? [];
  const population = parsePopulation(await readInputFile('ARCH', path), path);
  if (selector === undefined) return only(population, path);
  const found = population.find(({ name }) => name === selector) ?? population[Number(selector)];
  if (found === undefined)
    throw new ConfigError('ARCH does not hold', [
      `#${selector} must be a name in ${path} (${population
        .slice(0, 5)
        .map(({ name }) => name)
        .join(', ')}, ...) or a position below ${population.length}`,
    ]);
  return found;
}

function only(population: PopulationEntry[], source: string): PopulationEntry {
  const [first, ...others] = population;
  if (first === undefined || others.length > 0)
    throw new ConfigError('ARCH does not hold', [
      `it must say which of the ${population.length} architectures of ${source}: #${first?.name ?? 0}, or #0`,
    ]);
  return first;
}

import type { Command } from 'commander';
import { ConfigError } from '../lib/core/errors.ts';
import { writeFileAtomically } from '../lib/core/files/atomic-write.ts';
import type { Acceptance } from '../lib/design-space/acceptance.ts';
import { marginalsOf } from '../lib/design-space/marginals.ts';
import { serializePopulation } from '../lib/design-space/population-file.ts';
import type { NamedArchitecture } from '../lib/design-space/population.ts';
import { samplePopulation } from '../lib/design-space/sampler.ts';
import { populationPage } from '../lib/report/population-page.ts';
import { collect, nonNegativeInteger, positiveInteger } from './options/option-parsers.ts';
import { checkOutputFile, forceOption } from './options/output-paths.ts';
import { spaceFrom, type SpaceOptions } from './options/space-source.ts';
import { describePopulation } from './terminal/population-summary.ts';
import { print, printJson, say } from './terminal/print.ts';

interface SampleCommandOptions extends SpaceOptions {
  count?: number;
  seed?: number;
  out?: string;
  report?: string;
  json?: true;
  force: boolean;
}

/** `sample`: draws architectures from a design space and describes them. */
export function register(program: Command): void {
  program
    .command('sample')
    .description('draw architectures from a design space, with their complexity')
    .option('--preset <name>', 'a design space (anynetx, anynetx-small, regnetx) or a study (default: anynetx)')
    .option('--config <file>', 'a design space or a study config, as JSON')
    .option('--set <field=value>', 'change a field of the space or study; may be repeated', collect, [])
    .option('--count <n>', "number of architectures (default: the study's, else 500)", positiveInteger)
    .option('--seed <n>', "seed of the draws (default: the study's, else 0)", nonNegativeInteger)
    .option(
      '--out <file>',
      'file for the architectures, as a JSON list (default: standard output, unless it is a terminal)',
    )
    .option('--report <file>', 'write a page that shows the population, as HTML')
    .addOption(forceOption())
    .option('--json', 'print space, seed, acceptance, marginals and architectures as JSON')
    .action(sample);
}

async function sample(options: SampleCommandOptions): Promise<void> {
  if (options.out !== undefined && options.out === options.report)
    throw new ConfigError('--out and --report must differ', [`both are ${options.out}`]);
  for (const option of ['out', 'report'] as const)
    if (options[option] !== undefined) await checkOutputFile(`--${option}`, options[option], options.force);
  const source = await spaceFrom(options);
  const { space } = source;
  const count = options.count ?? source.count ?? 500;
  const seed = options.seed ?? source.seed ?? 0;
  const { architectures, acceptance } = await samplePopulation(space, { count, seed, onProgress: showProgress(count) });
  const marginals = marginalsOf(architectures);
  const { imageSize, channels, classes } = space.complexity;
  const population = serializePopulation(architectures, { imageSize, channels, classes });

  const written: string[] = [];
  if (options.out !== undefined) {
    await writeFileAtomically(options.out, population);
    written.push(options.out);
  }
  if (options.report !== undefined) {
    const page = populationPage({ space, seed, architectures, acceptance, marginals });
    await writeFileAtomically(options.report, page);
    written.push(options.report);
  }
  const summary = `${[describePopulation(space, acceptance, marginals), ...written.map((path) => `wrote ${path}`)].join('\n\n')}`;
  const toTerminal = process.stdout.isTTY || options.out !== undefined;
  if (options.json) {
    const entries = JSON.parse(population) as NamedArchitecture[];
    printJson({ space, seed, acceptance, marginals, architectures: entries });
  } else if (toTerminal) print(summary);
  else {
    say(summary);
    process.stdout.write(population);
  }
}

/** Returns a function that updates a progress line as sampling proceeds, only on a terminal. */
function showProgress(count: number): (acceptance: Acceptance) => void {
  if (!process.stderr.isTTY) return () => undefined;
  return ({ draws, accepted }) => process.stderr.write(`\r${accepted} of ${count} after ${draws} draws\u001b[K\r`);
}

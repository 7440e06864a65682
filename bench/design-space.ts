import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { textTable } from '../commands/terminal/table.ts';
import { spacePresets } from '../lib/design-space/presets.ts';
import { samplePopulation } from '../lib/design-space/sampler.ts';
import { designSpaceSchema } from '../lib/design-space/space-config.ts';

const count = 500;
const repetitions = 5;

interface Timing {
  seconds: number;
  draws: number;
}

/** `bench design-space`: measures the time for drawing the paper's population, and NumPy's time for the same if a Python is given. */
export function register(program: Command): void {
  program
    .command('design-space')
    .description(`${count} accepted architectures of each preset; with --python, also AnyNetX in NumPy`)
    .option('--python <path>', 'a Python with NumPy')
    .action(async ({ python }: { python?: string }) => {
      const presets: (Timing & { name: string })[] = [];
      for (const [name, { space }] of spacePresets) presets.push({ name, ...(await sampled(space)) });
      const reference = python === undefined ? undefined : await sampledByNumPy(python);
      const anynetx = presets.find(({ name }) => name === 'anynetx') as Timing;
      const ratio =
        reference === undefined ? null : anynetx.draws / anynetx.seconds / (reference.draws / reference.seconds);
      const rows = [...presets, ...(reference === undefined ? [] : [{ name: 'anynetx, NumPy', ...reference }])];
      process.stdout.write(
        `${textTable(
          ['space', 'accepted', 'draws', 'seconds', 'draws/s'],
          rows.map(({ name, draws, seconds }) => [
            name,
            String(count),
            String(draws),
            seconds.toFixed(3),
            (draws / seconds).toFixed(0),
          ]),
        )}\n${JSON.stringify({ benchmark: 'design-space', count, presets, reference: reference ?? null, ratio })}\n`,
      );
    });
}

/**
 * Returns the median time over a few populations with different seeds; the first one, which warms up the compiler, counts like the others.
 */
async function sampled(document: unknown): Promise<Timing> {
  const space = designSpaceSchema.parse(document);
  const timings: Timing[] = [];
  for (let seed = 0; seed < repetitions; seed++) {
    const start = performance.now();
    const { acceptance } = await samplePopulation(space, { count, seed });
    timings.push({ seconds: (performance.now() - start) / 1000, draws: acceptance.draws });
  }
  timings.sort((a, b) => a.seconds - b.seconds);
  return timings[Math.floor(repetitions / 2)]!;
}

async function sampledByNumPy(python: string): Promise<Timing> {
  const script = `${import.meta.dirname}/design-space-reference.py`;
  const { stdout } = await promisify(execFile)(python, [script, String(count)]);
  return JSON.parse(stdout) as Timing;
}

import { InvalidArgumentError, type Command } from 'commander';
import { readNetworks } from '../lib/study/documents/submitted-files.ts';
import { positiveInteger } from './options/option-parsers.ts';
import { change, changingCommand } from './studies/steering.ts';

interface ExtendOptions {
  architectures?: number;
  /** Path of a list of networks. */
  networks?: string;
  dataset: Record<string, unknown>[];
}

/** `extend`: adds architectures or datasets to a study. */
export function register(program: Command): void {
  changingCommand(program, 'extend', 'add networks or datasets to a study, even after it has ended')
    .option('--architectures <n>', 'total number of architectures', positiveInteger)
    .option('--networks <file>', 'JSON list of networks to add to the list of the study')
    .option('--dataset <selection>', 'a dataset by its name, or a selection as JSON; may be repeated', selection, [])
    .action(
      change<ExtendOptions>('extend', async (study, options) => {
        const { architectures, networks, dataset } = options;
        const runs = await study.extend({
          ...(architectures === undefined ? {} : { architectures }),
          ...(networks === undefined ? {} : { networks: await readNetworks('--networks', networks) }),
          ...(dataset.length === 0 ? {} : { datasets: dataset as never }),
        });
        return { text: `The study now has ${runs} runs.`, json: { action: 'extended', totalRuns: runs } };
      }),
    );
}

function selection(text: string, earlier: unknown[]): unknown[] {
  if (!text.trimStart().startsWith('{')) return [...earlier, { dataset: text }];
  try {
    return [...earlier, JSON.parse(text)];
  } catch (error) {
    throw new InvalidArgumentError(`It must be a name or a JSON object: ${(error as Error).message}.`);
  }
}

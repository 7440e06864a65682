import { InvalidArgumentError, type Command } from 'commander';
import type { RetryRequest } from '../lib/study/instruction.ts';
import { change, changingCommand } from './studies/steering.ts';

/** `retry`: trains the failed runs of a study again. */
export function register(program: Command): void {
  changingCommand(program, 'retry', 'train the failed runs of a study again, even after it has ended')
    .option('--dataset <label>', 'only runs on this dataset')
    .option('--architecture <name>', 'only runs of this architecture')
    .option(
      '--from <where>',
      'checkpoint: continue where they stopped; scratch: start over',
      startOfRetry,
      'checkpoint',
    )
    .action(
      change<RetryRequest>('retry', async (study, { dataset, architecture, from }) => {
        const cleared = await study.retry({
          from,
          ...(dataset === undefined ? {} : { dataset }),
          ...(architecture === undefined ? {} : { architecture }),
        });
        const runs = Object.entries(cleared).map(([label, count]) => `${count} on ${label}`);
        const text = runs.length === 0 ? 'No run has failed.' : `Retrying ${runs.join(', ')}.`;
        return { text, json: { action: 'retried', retried: cleared } };
      }),
    );
}

function startOfRetry(text: string): string {
  if (text !== 'checkpoint' && text !== 'scratch') throw new InvalidArgumentError('It must be checkpoint or scratch.');
  return text;
}

import type { Command } from 'commander';
import { positiveInteger } from './options/option-parsers.ts';
import { steer, steeringCommand } from './studies/steering.ts';

/** `limit`: limits the number of a study's runs that are carried out at a time. */
export function register(program: Command): void {
  const description =
    'limit how many runs of a study workers carry out at a time; the newest runs beyond the limit finish their epoch and keep a checkpoint';
  steeringCommand(program, 'limit', description)
    .requiredOption('--concurrent <n>', 'number of runs, or none for no limit except that of each dataset', countOrNone)
    .action(
      steer<{ concurrent: number | 'none' }>(async (study, { concurrent }) => {
        const concurrentRuns = concurrent === 'none' ? null : concurrent;
        await study.limit(concurrentRuns);
        const text =
          concurrentRuns === null
            ? 'No limit except that of each dataset.'
            : `At most ${concurrentRuns} runs at a time, as soon as the others have finished their epoch.`;
        return { text, json: { action: 'limited', concurrentRuns } };
      }),
    );
}

function countOrNone(text: string): number | 'none' {
  return text === 'none' ? text : positiveInteger(text);
}

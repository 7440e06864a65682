import type { Command } from 'commander';
import { positiveInteger } from './options/option-parsers.ts';
import { steer, steeringCommand } from './studies/steering.ts';

/** `limit`: how many runs of a study are carried out at a time. */
export function register(program: Command): void {
  const description =
    'limit how many runs of a study the workers have at a time; the newest beyond it finish their epoch and keep a checkpoint';
  steeringCommand(program, 'limit', description)
    .requiredOption('--concurrent <n>', 'number of runs, or none for no limit except that of each dataset', countOrNone)
    .action(
      steer<{ concurrent: number | 'none' }>(async (study, { concurrent }) => {
        const concurrentRuns = concurrent === 'none' ? null : concurrent;
        await study.limit(concurrentRuns);
        const text =
          concurrentRuns === null
            ? 'No limit except that of each dataset.'
            : `At most ${concurrentRuns} runs at a time, as soon as those beyond it have finished their epoch.`;
        return { text, json: { action: 'limited', concurrentRuns } };
      }),
    );
}

function countOrNone(text: string): number | 'none' {
  return text === 'none' ? text : positiveInteger(text);
}

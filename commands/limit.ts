import type { Command } from 'commander';
import { positiveInteger } from './options/option-parsers.ts';
import { steer, studyCommand } from './options/steering.ts';

/** `limit`: how many runs of a study are carried out at a time. */
export function register(program: Command): void {
  const description =
    'limit how many runs of a study the workers have at a time; the newest beyond it finish their epoch and keep a checkpoint';
  studyCommand(program, 'limit', description)
    .requiredOption('--concurrent <n>', 'number of runs, or none for no limit except that of each dataset', countOrNone)
    .action(
      steer<{ concurrent: number | 'none' }>(async (study, { concurrent }) => {
        await study.limit(concurrent === 'none' ? null : concurrent);
        return concurrent === 'none'
          ? 'No limit except that of each dataset.'
          : `At most ${concurrent} runs at a time, as soon as those beyond it have finished their epoch.`;
      }),
    );
}

function countOrNone(text: string): number | 'none' {
  return text === 'none' ? text : positiveInteger(text);
}

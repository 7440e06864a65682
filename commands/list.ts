import type { Command } from 'commander';
import { settled } from '../control/status.ts';
import { withStateOptions } from './options/state-option.ts';
import { lookingAtStudies, tellNone, type StudiesOptions } from './studies/open-studies.ts';
import { stateColours } from './terminal/status-text.ts';
import { textTable } from './terminal/table.ts';
import { print, printJson } from './terminal/print.ts';

/** `list`: shows a line for each study. */
export function register(program: Command): void {
  withStateOptions(
    program
      .command('list')
      .description('list the studies of a state folder')
      .option('--json', 'print the list as JSON', false),
  ).action(list);
}

async function list(options: { json: boolean } & StudiesOptions): Promise<void> {
  await lookingAtStudies(options, async (studies) => {
    const statuses = await studies.list();
    if (options.json) printJson(statuses);
    else if (statuses.length === 0) tellNone(studies);
    else
      print(
        textTable(
          ['study', 'state', 'datasets', 'runs', 'done', 'failed'],
          statuses.map(({ studyId, state, datasets }) => [
            studyId,
            state,
            String(datasets.length),
            String(datasets.reduce((sum, { total }) => sum + total, 0)),
            String(datasets.reduce((sum, dataset) => sum + settled(dataset), 0)),
            String(datasets.reduce((sum, { failed }) => sum + failed, 0)),
          ]),
          { least: ['datasets', 'done'] },
        ),
        stateColours,
      );
  });
}
